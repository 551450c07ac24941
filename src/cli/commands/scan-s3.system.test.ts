import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { CreateBucketCommand, DeleteObjectCommand } from '@aws-sdk/client-s3';
import test, { type ExecutionContext } from 'ava';
import { createS3ObjectStore } from '../../adapters/aws/s3/s3-object-store.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import { startAwsPipeline } from '../../testing/aws/aws-pipeline.ts';
import { type CliProcessEnd, runCliProcess } from '../../testing/cli/run-cli-process.ts';
import { ruleFor } from '../../testing/local/test-target.ts';
import { failure, type S3EmulatorOptions, startS3Emulator } from '../../testing/s3/s3-emulator.ts';
import { type Intercept, startS3Intercept } from '../../testing/s3/s3-intercept.ts';
import { tempFolder } from '../../testing/temp-folder.ts';
import { testWithDynamo } from '../../testing/test-unless.ts';

interface S3Cli {
  readonly dir: string;
  readonly store: ObjectStore;
  readonly client: Awaited<ReturnType<typeof startS3Emulator>>['client'];
  put(objects: Readonly<Record<string, string>>): Promise<void>;
  scan(...args: readonly string[]): Promise<CliProcessEnd>;
  /** With `--json`: each line by its path. */
  json(...args: readonly string[]): Promise<CliProcessEnd & { readonly byPath: ReadonlyMap<unknown, object> }>;
}

/**
 * The command line in a process and a folder of its own, with a rule that matches `evil`, before an
 * S3 with the bucket `corpus`.
 */
async function startCli(
  t: ExecutionContext,
  {
    intercept,
    env = {},
    ...options
  }: Omit<S3EmulatorOptions, 'intercept'> & { intercept?: Intercept; env?: Record<string, string | undefined> } = {},
): Promise<S3Cli> {
  const { client, bucket, endpoint } = await startS3Emulator(t, options);
  const dir = tempFolder(t);
  write(dir, { 'rules/a.yar': ruleFor('Evil', 'evil') });
  const store = createS3ObjectStore({ client, bucket });
  const all: Record<string, string | undefined> = {
    ...{ AWS_REGION: 'us-east-1', AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test', HOME: dir },
    AWS_ENDPOINT_URL_S3: intercept === undefined ? endpoint : await startS3Intercept(t, endpoint, intercept),
    ...env,
  };
  const given = Object.fromEntries(Object.entries(all).flatMap(([k, v]) => (v === undefined ? [] : [[k, v]])));
  const scan = (...args: readonly string[]) => runCliProcess(['scan', ...args], { cwd: dir, env: given });
  return {
    ...{ dir, store, client, scan },
    async put(objects) {
      for (const [key, content] of Object.entries(objects)) await store.put(key, Buffer.from(content));
    },
    async json(...args) {
      const end = await scan('--json', ...args);
      const lines = end.stdout.split('\n').filter((line) => line !== '');
      const byPath = new Map(lines.map((line) => [JSON.parse(line).path as unknown, JSON.parse(line) as object]));
      t.is(byPath.size, lines.length, 'each path has one line');
      return { ...end, byPath };
    },
  };
}

function write(dir: string, files: Readonly<Record<string, string>>): void {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(dir, name)), { recursive: true });
    writeFileSync(join(dir, name), content);
  }
}

const many = Object.fromEntries(
  Array.from({ length: 300 }, (_, index) => [`many/${index}`, index % 10 === 0 ? `evil ${index}` : `${index}`]),
);

test.serial('every key is scanned, alone and as part of its bucket, and is printed as an S3 URL', async (t) => {
  const cli = await startCli(t);
  const keys = [
    ...['a b', 'a+b', 'a%20b', '100%', '/leading', '//', 'ü/\u65e5\u672c/\u{1f600}', 'what?x=1&y', '#', '"\'&<>'],
    ...['x'.repeat(1024), `${'ü'.repeat(511)}zz`, './../dots', 'new\nline'],
  ];
  await cli.put(Object.fromEntries(keys.map((key) => [key, `evil ${key}`])));
  const whole = await cli.json('s3://corpus');
  t.is(whole.code, 0, whole.stderr);
  t.deepEqual([...whole.byPath.keys()].sort(), keys.map((key) => `s3://corpus/${key}`).sort());
  for (const line of whole.byPath.values()) t.like(line, { matches: [{ rule: 'Evil' }] });
  // Those that end with a slash stand for all that begin so.
  const single = keys.filter((key) => !key.endsWith('/'));
  const alone = await cli.json(...single.map((key) => `s3://corpus/${key}`));
  t.is(alone.code, 0, alone.stderr);
  for (const key of single) {
    t.deepEqual(alone.byPath.get(`s3://corpus/${key}`), whole.byPath.get(`s3://corpus/${key}`));
  }
  t.is(alone.byPath.size, single.length);
});

test.serial('all objects below a prefix are scanned, once each, and none next to it', async (t) => {
  const cli = await startCli(t);
  await cli.put({ ...many, manyother: 'evil', 'many.txt': 'evil' });
  const flags = ['--stats', 'stats.json'];
  const { code, byPath } = await cli.json('s3://corpus/many/', 's3://corpus/many/7', 's3://corpus/many/', ...flags);
  t.is(code, 0);
  t.deepEqual(
    [...byPath.keys()].sort(),
    Object.keys(many)
      .map((key) => `s3://corpus/${key}`)
      .sort(),
  );
  t.like(JSON.parse(readFileSync(join(cli.dir, 'stats.json'), 'utf8')), {
    ...{ files: 300, matches: 30, failed: 0, skipped: 0 },
    bytes: Object.values(many).join('').length,
  });
});

test.serial('files and objects may be mixed, in the output for people too', async (t) => {
  const cli = await startCli(t);
  await cli.put({ 'in/bad': 'evil', 'in/good': 'good' });
  write(cli.dir, { 'f/bad': 'evil', 'f/good': 'good' });
  const { code, stdout, stderr } = await cli.scan('f', 's3://corpus/in/', '--fail-on-match');
  t.is(code, 1);
  t.deepEqual(stdout.split('\n').sort(), ['', 'Evil  f/bad', 'Evil  s3://corpus/in/bad']);
  t.regex(stderr, /^4 files: 4 scanned .*2 matched by 2 rule matches, 0 skipped, 0 failed\n$/);
});

test.serial(
  'a version that is named is the one that is scanned; otherwise the latest is, also in a listing',
  async (t) => {
    const cli = await startCli(t, { versioned: true });
    await cli.put({ a: 'evil' });
    await cli.put({ a: 'overwritten' });
    await cli.put({ deleted: 'evil' });
    await cli.client.send(new DeleteObjectCommand({ Bucket: 'corpus', Key: 'deleted' }));
    const { byPath } = await cli.json(
      ...['s3://corpus/a?versionId=v0000', 's3://corpus/a', 's3://corpus/deleted?versionId=v0002'],
    );
    t.like(byPath.get('s3://corpus/a?versionId=v0000'), { matches: [{ rule: 'Evil' }] });
    t.like(byPath.get('s3://corpus/a'), { matches: [], size: 11 });
    t.like(byPath.get('s3://corpus/deleted?versionId=v0002'), { matches: [{ rule: 'Evil' }] });
    const { byPath: all } = await cli.json('s3://corpus/');
    t.deepEqual([...all.keys()], ['s3://corpus/a']);
    const unknown = await cli.scan('s3://corpus/a?versionId=v9999');
    t.is(unknown.code, 2);
    t.regex(unknown.stderr, /s3:\/\/corpus\/a\?versionId=v9999 does not exist, or not in that version/);
  },
);

test.serial('a missing object ends with 2 and is named, before anything is scanned', async (t) => {
  const cli = await startCli(t);
  await cli.put({ 'in/a': 'evil', 'in/b/c': 'evil' });
  const refused = async (url: string, why: RegExp) => {
    const { code, stdout, stderr } = await cli.scan('s3://corpus/in/a', url);
    t.is(code, 2, url);
    t.is(stdout, '');
    t.regex(stderr, why);
  };
  await refused('s3://corpus/in', /s3:\/\/corpus\/in is not an object.*add a slash: s3:\/\/corpus\/in\/\n/);
  await refused('s3://corpus/in/b', /add a slash: s3:\/\/corpus\/in\/b\/\n/);
  await refused('s3://corpus/i', /s3:\/\/corpus\/i does not exist\./);
  await refused('s3://corpus/none/', /s3:\/\/corpus\/none\/ does not exist, and no key has this prefix/);
  await refused('s3://nowhere/a', /nowhere\/a cannot be used; check bucket/);
  await refused('s3://', /names no bucket/);
  await cli.client.send(new CreateBucketCommand({ Bucket: 'empty' }));
  t.is((await cli.scan('s3://empty')).code, 0, 'a bucket may be empty');
});

test.serial('an unavailable object is reported, and does not affect others', async (t) => {
  const answers: Readonly<Record<string, readonly [number, string, string?]>> = {
    'x/archived': [403, 'InvalidObjectState', '<StorageClass>DEEP_ARCHIVE</StorageClass>'],
    'x/denied': [403, 'AccessDenied'],
    'x/gone': [404, 'NoSuchKey'],
    'x/broken': [400, 'InvalidRequest'],
  };
  const cli = await startCli(t, {
    intercept({ method, key }) {
      const answer = answers[key];
      return answer === undefined || method !== 'GET'
        ? null
        : failure(answer[0], answer[1], `It is ${answer[1]}.`, answer[2]);
    },
  });
  await cli.put(Object.fromEntries([...Object.keys(answers), 'x/good'].map((key) => [key, 'evil'])));
  const { code, byPath, stderr } = await cli.json('s3://corpus/x/');
  t.is(code, 0, stderr);
  t.is(byPath.size, 5);
  t.like(byPath.get('s3://corpus/x/archived'), { size: 4, skipped: 'storage_class' });
  t.like(byPath.get('s3://corpus/x/denied'), { size: 4, failed: 'denied' });
  t.like(byPath.get('s3://corpus/x/gone'), { size: 4, skipped: 'gone' });
  t.like(byPath.get('s3://corpus/x/broken'), { size: 4, failed: 'denied' });
  t.like(byPath.get('s3://corpus/x/good'), { matches: [{ rule: 'Evil' }] });
  const people = await cli.scan('s3://corpus/x/archived', 's3://corpus/x/denied');
  t.is(people.code, 0);
  t.regex(people.stderr, /skipped: s3:\/\/corpus\/x\/archived: storage_class \(.*DEEP_ARCHIVE; restore it/);
  t.regex(people.stderr, /failed: s3:\/\/corpus\/x\/denied: denied \(.*access was denied/);
  t.regex(people.stderr, /2 files: 0 scanned .*1 skipped, 1 failed\n$/);
});

test.serial('the size limit applies to objects: they are skipped, or scanned in part', async (t) => {
  const cli = await startCli(t);
  await cli.put({ large: `evil${'.'.repeat(2000)}`, small: 'evil' });
  const limit = ['--max-size', '1KB'];
  const skipped = await cli.json('s3://corpus', ...limit);
  t.like(skipped.byPath.get('s3://corpus/large'), { size: 2004, skipped: 'too_large' });
  const head = await cli.json('s3://corpus', ...limit, '--large-files', 'head');
  t.like(head.byPath.get('s3://corpus/large'), { size: 2004, scannedBytes: 1000, matches: [{ rule: 'Evil' }] });
  t.like(head.byPath.get('s3://corpus/small'), { size: 4, matches: [{ rule: 'Evil' }] });
});

test.serial('many small objects are read at the same time, and each is requested once', async (t) => {
  const together = 48;
  const asked: string[] = [];
  const open = Promise.withResolvers<null>();
  const cli = await startCli(t, {
    intercept({ method, key }) {
      if (key === '') return null;
      asked.push(`${method} ${key}`);
      // No request returns before this many are in flight: sequential reads would wait for ever.
      if (asked.length === together) open.resolve(null);
      return open.promise;
    },
  });
  await cli.put(many);
  const { code, byPath } = await cli.json('s3://corpus/many/');
  t.is(code, 0);
  t.is(byPath.size, 300);
  t.deepEqual(
    asked.sort(),
    Object.keys(many)
      .map((key) => `GET ${key}`)
      .sort(),
  );
});

test.serial(
  'a bucket of another region is found, with no region configured, and not looked for again with each object',
  async (t) => {
    let astray = 0;
    const cli = await startCli(t, {
      env: { AWS_REGION: undefined },
      intercept({ method, key, headers }) {
        if (headers.authorization?.includes('/eu-central-1/')) {
          return method === 'HEAD' && key === ''
            ? { status: 200, headers: { 'x-amz-bucket-region': 'eu-central-1' }, body: '' }
            : null;
        }
        astray += 1;
        const answer = failure(301, 'PermanentRedirect', 'Elsewhere.');
        return { ...answer, headers: { ...answer.headers, 'x-amz-bucket-region': 'eu-central-1' } };
      },
    });
    await cli.put({ a: 'evil', b: 'evil', c: 'evil' });
    const { code, byPath, stderr } = await cli.json('s3://corpus');
    t.is(code, 0, stderr);
    t.is(byPath.size, 3);
    t.is(astray, 1);
  },
);

test.serial('without credentials nothing is scanned, and the message names how to get them', async (t) => {
  const none = { AWS_ACCESS_KEY_ID: undefined, AWS_SECRET_ACCESS_KEY: undefined, AWS_EC2_METADATA_DISABLED: 'true' };
  const cli = await startCli(t, { env: none });
  const { code, stderr } = await cli.scan('s3://corpus');
  t.is(code, 2, stderr);
  t.regex(stderr, /Cannot find credentials for AWS: .*Set AWS_PROFILE/);
});

testWithDynamo('with --target aws the active ruleset there is used, unless rules are named', async (t) => {
  const pipeline = await startAwsPipeline(t);
  await pipeline.upload({ 'in/a': 'alpha evil' });
  pipeline.write({ file: 'alpha evil', 'rules/a.yar': ruleFor('Evil', 'evil') });
  const none = await pipeline.run('scan', 's3://corpus/in/');
  t.is(none.code, 2);
  t.regex(none.stderr, /No ruleset is published yet/);
  await pipeline.publish({ 'a.yar': ruleFor('Alpha', 'alpha') });
  const withActive = await pipeline.run('scan', 's3://corpus/in/', 'file');
  t.deepEqual(withActive.stdout.split('\n').sort(), ['', 'Alpha  file', 'Alpha  s3://corpus/in/a'], withActive.stderr);
  t.regex(withActive.stderr, /^Scanning with the active ruleset: number 1, [0-9a-f]{64}\n/);
  const named = await pipeline.run('scan', '--rules', 'rules', 's3://corpus/in/a');
  t.is(named.stdout, 'Evil  s3://corpus/in/a\n');
  t.notRegex(named.stderr, /in force/);
});
