import {
  CreateBucketCommand,
  GetBucketNotificationConfigurationCommand,
  PutBucketNotificationConfigurationCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import test, { type ExecutionContext } from 'ava';
import { createTestCli, type TestCli } from '../../testing/cli/run-cli.ts';
import { startS3Emulator } from '../../testing/s3/s3-emulator.ts';
import { bucketOf, failure, type S3Request } from '../../testing/s3/s3-http.ts';
import { useEnvironment } from '../../testing/use-environment.ts';

const env = { REARVIEW_CORPUS_BUCKETS: 'corpus,mail/in/,logs' };
const queueArn = 'arn:aws:sqs:us-east-1:1:q';

interface Rig {
  readonly cli: TestCli;
  readonly client: S3Client;
  /** Buckets whose notifications were written. */
  readonly written: readonly string[];
  /** Effect of written notifications. */
  readonly alter: { written: (document: string) => string };
}

/** Three buckets, one of which notifies a queue; refuses the given actions. */
async function start(t: ExecutionContext, isRefused: (each: S3Request) => boolean = () => false): Promise<Rig> {
  const written: string[] = [];
  const alter: Rig['alter'] = { written: (document) => document };
  const { client, endpoint } = await startS3Emulator(t, {
    versioned: (bucket) => bucket === 'corpus',
    intercept: async (each, serve) => {
      if (isRefused(each)) return failure(403, 'AccessDenied', 'Access Denied');
      if (each.method !== 'PUT' || !each.query.has('notification')) return serve(each);
      written.push(bucketOf(each.path));
      return serve({ ...each, body: Buffer.from(alter.written(each.body.toString())) });
    },
  });
  for (const Bucket of ['mail', 'logs']) await client.send(new CreateBucketCommand({ Bucket }));
  const NotificationConfiguration = {
    QueueConfigurations: [{ Id: 'q', QueueArn: queueArn, Events: ['s3:ObjectCreated:*' as const] }],
  };
  await client.send(
    new PutBucketNotificationConfigurationCommand({
      ...{ Bucket: 'mail', NotificationConfiguration, SkipDestinationValidation: true },
    }),
  );
  written.length = 0;
  useEnvironment(t, {
    ...{ AWS_REGION: 'us-east-1', AWS_ACCESS_KEY_ID: 'x', AWS_SECRET_ACCESS_KEY: 'x', AWS_MAX_ATTEMPTS: '1' },
    AWS_ENDPOINT_URL_S3: endpoint,
  });
  return { cli: await createTestCli(t), client, written, alter };
}

const isOn = async (client: S3Client, Bucket: string) =>
  (await client.send(new GetBucketNotificationConfigurationCommand({ Bucket }))).EventBridgeConfiguration !== undefined;

test.serial(
  'without names all buckets of the corpus but the first are connected, whichever target is targeted',
  async (t) => {
    const { cli, client, written } = await start(t);
    const dry = await cli.runWith({ env }, 'buckets', 'connect', '--dry-run');
    t.is(dry.code, 0, dry.stderr);
    t.regex(
      dry.stdout,
      /^mail {2}EventBridge is off and would be turned on; 1 other notification\n {2}kept: s3:ObjectCreated:\* to the queue arn:aws:sqs:us-east-1:1:q\nlogs {2}.*; no other notifications\n$/,
    );
    t.deepEqual(written, []);

    const { code, lines, stderr } = await cli.runWith({ env }, 'buckets', 'connect', '--target', 'aws', '--json');
    t.is(code, 0, stderr);
    const destination = {
      kind: 'queue',
      id: 'q',
      arn: queueArn,
      events: ['s3:ObjectCreated:*'],
      prefix: '',
      suffix: '',
    };
    t.deepEqual(lines, [
      { bucket: 'mail', status: 'connected', destinations: [destination] },
      { bucket: 'logs', status: 'connected', destinations: [] },
    ]);
    t.deepEqual(written, ['mail', 'logs']);
    t.deepEqual(await Promise.all(['corpus', 'mail', 'logs'].map((each) => isOn(client, each))), [false, true, true]);
    const again = await cli.runWith({ env }, 'buckets', 'connect');
    t.regex(again.stdout, /^mail {2}EventBridge is already on; 1 other notification$/m);
    t.is(written.length, 2);
  },
);

test.serial('a bucket that is named needs no settings', async (t) => {
  const { cli, client, written } = await start(t);
  const { code, stdout } = await cli.run('buckets', 'connect', 'mail', 'mail', '--owner', '000000000000');
  t.is(code, 0);
  t.regex(stdout, /^mail {2}EventBridge is now on; 1 other notification$/m);
  t.deepEqual(written, ['mail']);
  t.true(await isOn(client, 'mail'));
  const other = await cli.run('buckets', 'connect', 'logs', '--owner', '111122223333');
  t.is(other.code, 2);
  t.regex(other.stderr, /The bucket logs of account 111122223333 was refused/);
  t.deepEqual(written, ['mail']);
});

test.serial('a refused bucket does not prevent the others from being connected', async (t) => {
  const { cli, written } = await start(t, (each) => bucketOf(each.path) === 'mail' && each.method === 'GET');
  const { code, lines, stderr } = await cli.runWith({ env }, 'buckets', 'connect', '--json');
  t.is(code, 2);
  t.like(lines, { 0: { bucket: 'mail', status: 'failed' }, 1: { bucket: 'logs', status: 'connected' } });
  t.regex(String(lines[0]?.['detail']), /s3:GetBucketNotification/);
  t.regex(stderr, /s3:GetBucketNotification.*have its owner allow/);
  t.deepEqual(written, ['logs']);
});

test.serial('if another writer changes a bucket at the same time, it ends with 1', async (t) => {
  const { cli, alter } = await start(t);
  // The written value is gone before it is read again.
  alter.written = (document) => document.replace(/<EventBridgeConfiguration>.*<\/EventBridgeConfiguration>/, '');
  const { code, lines, stderr } = await cli.run('buckets', 'connect', 'logs', '--json');
  t.is(code, 1);
  t.like(lines[0], { bucket: 'logs', status: 'failed' });
  t.regex(stderr, /another process changed them at the same time.*\n.*EventBridge is off: run it again/);
});

test.serial('an invalid bucket or account, and a corpus of one bucket, are reported', async (t) => {
  const { cli, written } = await start(t);
  for (const name of ['s3://mail', 'mail/in/', 'x', 'arn:aws:s3:::mail']) {
    const { code, stderr } = await cli.run('buckets', 'connect', 'logs', name);
    t.is(code, 2, name);
    t.regex(stderr, /Invalid bucket "[^"]+": use the name/);
  }
  t.is((await cli.run('buckets', 'connect', 'mail', '--owner', '12')).code, 2);
  t.regex((await cli.run('buckets', 'connect')).stderr, /REARVIEW_CORPUS_BUCKETS.*is missing/);
  const one = await cli.runWith({ env: { REARVIEW_CORPUS_BUCKETS: 'corpus' } }, 'buckets', 'connect');
  t.is(one.code, 0);
  t.regex(one.stderr, /only one bucket/);
  t.deepEqual(written, []);
});

test.serial('buckets are listed with their prefix and their known state', async (t) => {
  const { cli } = await start(t, ({ path, query }) => bucketOf(path) === 'logs' && query.has('notification'));
  const { code, lines, stderr } = await cli.runWith({ env }, 'buckets', 'list', '--json');
  t.is(code, 0, stderr);
  t.like(lines[0], { bucket: 'corpus', prefix: '', versioning: 'Enabled', eventBridge: false, problems: [] });
  t.like(lines[1], { bucket: 'mail', prefix: 'in/', versioning: 'Never', eventBridge: false });
  t.like(lines[2], { bucket: 'logs', versioning: 'Never', eventBridge: null, destinations: null });
  const text = await cli.runWith({ env }, 'buckets', 'list');
  t.regex(text.stdout, /^mail +Never +off +1 +in\/$/m);
  t.regex(text.stdout, /^logs +Never +\? +\?/m);
  t.regex(text.stderr, /The bucket logs was refused: the role needs s3:GetBucketNotification/);
});
