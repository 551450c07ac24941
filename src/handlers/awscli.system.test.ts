import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { ExecutionContext } from 'ava';
import { startAwsPipeline } from '../testing/aws/aws-pipeline.ts';
import { createAwsCli, noAwsCli, noAwsCliForSqs } from '../testing/aws/awscli.ts';
import { noDynamo } from '../testing/aws/dynamodb-emulator.ts';
import { ruleFor } from '../testing/local/test-target.ts';
import { tempFolder } from '../testing/temp-folder.ts';
import { testUnless } from '../testing/test-unless.ts';

const run = (title: string, body: (t: ExecutionContext) => Promise<void>) =>
  testUnless(noAwsCli ?? noDynamo, title, body);

/** The pipeline with an active rule, and Amazon's command line. */
async function start(t: ExecutionContext) {
  const pipeline = await startAwsPipeline(t);
  await pipeline.publish({ 'a.yar': ruleFor('Alpha', 'alpha') });
  const dir = tempFolder(t);
  const { endpoints } = pipeline.services;
  const aws = createAwsCli({
    cwd: dir,
    endpoints: {
      ...{ s3: endpoints.s3, s3api: endpoints.s3, sqs: endpoints.sqs, dynamodb: endpoints.dynamo },
      lambda: pipeline.lambda.endpoint,
    },
  });
  const write = (name: string, content: string | Uint8Array) => {
    mkdirSync(dirname(join(dir, name)), { recursive: true });
    writeFileSync(join(dir, name), content);
  };
  return { pipeline, aws, write, read: (name: string) => readFileSync(join(dir, name)) };
}

const sha256 = (content: string | Uint8Array) => createHash('sha256').update(content).digest('hex');

run('uploads of another client are scanned, whatever the key, in one piece or in parts', async (t) => {
  const { pipeline, aws, write } = await start(t);
  const large = Buffer.alloc(20 * 2 ** 20, 'no match here. ');
  large.write('alpha', large.length - 5);
  const files = new Map<string, string | Buffer>([
    ...['plain.txt', 'a b.txt', 'a+b.txt', '100%.txt', 'ü/\u65e5\u672c.txt'].map((name): [string, string] => [
      name,
      `alpha ${name}`,
    ]),
    ['large.bin', large],
  ]);
  for (const [name, content] of files) write(`files/${name}`, content);
  write('clean', 'nothing');
  await aws('s3', 'cp', '--recursive', 'files', 's3://corpus/in');
  await aws('s3', 'cp', 'clean', 's3://corpus/clean, of course');
  await pipeline.settle();
  const alerts = await pipeline.alerts();
  t.deepEqual(
    Object.fromEntries(alerts.map(({ object, file }) => [object.key, file.sha256])),
    Object.fromEntries([...files].map(([name, content]) => [`in/${name}`, sha256(content)])),
  );
  const live = await pipeline.target.state.scans.get(`live-${new Date().toISOString().slice(0, 10)}`);
  t.like(live?.counts, { objects: files.size + 1, scanned: files.size + 1, matches: files.size });
  t.regex(pipeline.services.created.find(({ key }) => key === 'in/large.bin')?.etag ?? '', /-\d+$/, 'came in parts');
});

run('another client lists and reads the bytes and metadata of uploads of rearview', async (t) => {
  const { pipeline, aws, read } = await start(t);
  const names = ['a b.txt', 'a+b.txt', 'ü.txt', 'large.bin'];
  const contents = new Map(names.map((name) => [name, Buffer.from(`content of ${name}`)]));
  contents.set('large.bin', Buffer.alloc(12 * 2 ** 20, 'large '));
  pipeline.write(Object.fromEntries([...contents].map(([name, content]) => [`files/${name}`, content])));
  const { code, stderr } = await pipeline.run('upload', 'files', '--meta', 'case=one two, 50 %');
  t.is(code, 0, stderr);

  const listed = await aws('s3', 'ls', '--recursive', 's3://corpus/');
  for (const [name, { length }] of contents)
    t.regex(listed, new RegExp(` ${length} files/${name.replace('+', '\\+')}\n`));
  for (const [name, content] of contents) {
    const given = ['--bucket', 'corpus', '--key', `files/${name}`];
    const answer = JSON.parse(await aws('s3api', 'get-object', ...given, 'out'));
    t.deepEqual(read('out'), content);
    const { sha256: hash, filepath, case: kept } = answer.Metadata;
    t.is(hash, sha256(content));
    t.true(decodeURIComponent(filepath).endsWith(`/files/${name}`));
    t.is(decodeURIComponent(kept), 'one two, 50 %');
  }
});

run('records, matches and sums are found by their keys in DynamoDB', async (t) => {
  const { pipeline, aws } = await start(t);
  await pipeline.upload({ a: 'alpha', b: 'nothing' });
  await pipeline.settle();
  const [created] = pipeline.services.created;
  // As record-store.ts has it: a digest of bucket, key and version.
  const object = JSON.stringify(['corpus', created?.key, created?.versionId]);
  const digest = sha256(JSON.stringify([object])).slice(0, 32);
  const key = JSON.stringify({ pk: { S: `record#${digest}` }, sk: { S: 'record' } });
  const { Item: item } = JSON.parse(
    await aws('dynamodb', 'get-item', '--table-name', 'objects', '--consistent-read', '--key', key),
  );
  t.like(item, { key: { S: 'a' }, bucket: { S: 'corpus' }, size: { N: '5' }, sha256: { S: sha256('alpha') } });
  t.like(JSON.parse(item.outcome.S), { status: 'scanned', matches: 1 });

  const query = async (table: string, condition: string, values: Record<string, string>, ...more: string[]) => {
    const given = Object.fromEntries(Object.entries(values).map(([name, value]) => [name, { S: value }]));
    const flags = ['--key-condition-expression', condition, '--expression-attribute-values', JSON.stringify(given)];
    return JSON.parse(await aws('dynamodb', 'query', '--table-name', table, ...flags, ...more)).Items;
  };
  const matches = await query('matches', 'ruleName = :rule', { ':rule': 'Alpha' }, '--index-name', 'by-rule');
  t.is(matches.length, 1);
  t.is(matches[0].pk.S, `content#${sha256('alpha')}`);
  const scan = `live-${new Date().toISOString().slice(0, 10)}`;
  let objects = 0;
  for (let shard = 0; shard < 16; shard += 1) {
    const batches = await query('scans', 'pk = :part', { ':part': `batches#${scan}#${shard}` });
    for (const { counts } of batches) objects += Number(counts.M.objects.N);
  }
  t.is(objects, 2);
});

testUnless(noAwsCliForSqs ?? noDynamo, 'queues tell another client how full they are', async (t) => {
  const { pipeline, aws } = await start(t);
  const { env } = pipeline.services;
  const [live = '', dead = ''] = [env['REARVIEW_LIVE_QUEUE_URL'], env['REARVIEW_LIVE_DEAD_LETTER_URL']];
  const waiting = async (url: string) => {
    const answer = await aws('sqs', 'get-queue-attributes', '--queue-url', url, '--attribute-names', 'All');
    return Number(JSON.parse(answer).Attributes.ApproximateNumberOfMessages);
  };
  await aws('sqs', 'send-message', '--queue-url', live, '--message-body', '{"no": "event"}');
  await pipeline.settle();
  t.is(await waiting(live), 0);
  t.is(await waiting(dead), 1);
});

run('another client invokes the function that redrives dead letters', async (t) => {
  const { pipeline, aws, write, read } = await start(t);
  const { live } = pipeline.target.state.queues;
  await live.send(['{"no": "event"}']);
  await pipeline.settle();
  t.like(await live.stats(), { deadLetters: 1 });
  // From a file: text on the command line is base64 in one version and not in the other.
  write('event.json', '{"queue": "live"}');
  const answer = JSON.parse(
    await aws('lambda', 'invoke', '--function-name', 'redrive', '--payload', 'fileb://event.json', 'answer.json'),
  );
  t.is(answer.StatusCode, 200);
  t.is(answer.FunctionError, undefined);
  t.deepEqual(JSON.parse(read('answer.json').toString()), { live: 1 });
  await pipeline.settle();
  t.like(await live.stats(), { visible: 0, deadLetters: 1 }, 'nobody can read it now either');
});
