import {
  CreateBucketCommand,
  DeleteObjectCommand,
  GetObjectTaggingCommand,
  ListObjectsV2Command,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import type { ExecutionContext } from 'ava';
import { objectId } from '../domain/objects/object.ts';
import { type AwsPipeline, type AwsPipelineOptions, startAwsPipeline } from '../testing/aws/aws-pipeline.ts';
import { ruleFor } from '../testing/local/test-target.ts';
import { eventBridgeEvent } from '../testing/s3/s3-events.ts';
import type { S3Request } from '../testing/s3/s3-http.ts';
import { restrictedTo } from '../testing/s3/s3-restricted.ts';
import { testWithDynamo } from '../testing/test-unless.ts';

const alpha = { 'a.yar': ruleFor('Alpha', 'alpha') };
const beta = { ...alpha, 'b.yar': ruleFor('Beta', 'beta') };

interface Corpus extends AwsPipeline {
  /** The requests to the existing bucket that a role for its prefix may not send. */
  readonly refused: readonly S3Request[];
  put(bucket: string, objects: Readonly<Record<string, string>>): Promise<void>;
}

/**
 * A corpus of two buckets: one that keeps versions, and the part below `in/` of an existing bucket
 * that keeps none.
 */
async function start(t: ExecutionContext, options: AwsPipelineOptions = {}): Promise<Corpus> {
  const refused: S3Request[] = [];
  const pipeline = await startAwsPipeline(t, {
    existing: { mail: false },
    settings: { corpusBuckets: 'corpus,mail/in/' },
    interceptS3: restrictedTo('mail', 'in/', (each) => refused.push(each)),
    ...options,
  });
  return {
    ...pipeline,
    refused,
    async put(Bucket, objects) {
      for (const [Key, Body] of Object.entries(objects)) {
        await pipeline.services.s3.send(new PutObjectCommand({ Bucket, Key, Body }));
      }
    },
  };
}

const liveId = () => `live-${new Date().toISOString().slice(0, 10)}`;

async function outcomes({ ledger }: AwsPipeline, scanId: string): Promise<readonly string[]> {
  const entries = await ledger(scanId);
  return entries
    .map(({ bucket, key, outcome }) => `${bucket}/${key} ${'reason' in outcome ? outcome.reason : outcome.status}`)
    .sort();
}

async function alerted(pipeline: AwsPipeline): Promise<readonly string[]> {
  return (await pipeline.alerts()).map(({ rule, object }) => `${rule.name} ${object.bucket}/${object.key}`).sort();
}

testWithDynamo(
  'events and listings call an object the same in buckets with and without versions, so nothing is scanned or alerted twice',
  async (t) => {
    const corpus = await start(t);
    await corpus.publish(alpha);
    await corpus.put('corpus', { a: 'alpha', 'in/b': 'alpha beta', clean: 'nothing' });
    await corpus.put('mail', { 'in/a': 'alpha', 'in/b/c': 'alpha beta', 'in/clean': 'nothing' });
    // Another version there, another object in its place here.
    await corpus.put('corpus', { clean: 'nothing new' });
    await corpus.put('mail', { 'in/clean': 'nothing new' });
    await corpus.settle();
    const first = ['Alpha corpus/a', 'Alpha corpus/in/b', 'Alpha mail/in/a', 'Alpha mail/in/b/c'];
    t.deepEqual(await alerted(corpus), first);

    const again = await corpus.ended((await corpus.begin()).id);
    t.like(again, { state: 'completed', counts: { objects: 7, covered: 7, scanned: 0 } });
    const live = new Set((await corpus.ledger(liveId())).map(objectId));
    for (const entry of await corpus.ledger(again.id)) t.true(live.has(objectId(entry)), objectId(entry));

    const full = await corpus.ended((await corpus.begin({ full: true })).id);
    t.like(full, { state: 'completed', counts: { objects: 7, scanned: 7 } });
    t.deepEqual(await alerted(corpus), first, 'no alert comes a second time');

    await corpus.publish(beta);
    const scan = await corpus.ended((await corpus.begin()).id);
    t.like(scan, { state: 'completed', counts: { objects: 7, scanned: 7, failed: 0 } });
    t.deepEqual(await alerted(corpus), [...first, 'Beta corpus/in/b', 'Beta mail/in/b/c']);
    t.deepEqual(corpus.refused, [], 'listing by prefix and getting below it are all that it takes');
  },
);

testWithDynamo('objects outside the prefix of a bucket are neither listed nor planned', async (t) => {
  const corpus = await start(t);
  await corpus.publish(alpha);
  await corpus.put('mail', { 'in/a': 'alpha', 'in2/b': 'alpha', other: 'alpha' });
  await corpus.put('corpus', { 'in2/b': 'alpha' });
  await corpus.settle();
  await corpus.publish(beta);
  const plan = async (...args: readonly string[]) => {
    const { code, stdout, stderr } = await corpus.run('retro', 'plan', '--json', ...args);
    t.is(code, 0, stderr);
    return JSON.parse(stdout).objects;
  };
  t.is(await plan(), 2);
  t.is(await plan('--prefix', 'in'), 2);
  t.is(await plan('--prefix', 'in/a'), 1);
  t.is(await plan('--prefix', 'in2'), 1);
  const started = await corpus.run('retro', 'start', '--prefix', 'in', '--no-wait');
  t.is(started.code, 0, started.stderr);
  const scan = await corpus.ended(started.stdout.trim());
  t.deepEqual(await outcomes(corpus, scan.id), ['corpus/in2/b scanned', 'mail/in/a scanned']);
  t.deepEqual(corpus.refused, []);
});

testWithDynamo(
  'an event from outside the prefix is ignored with its reason; a direct invocation with such a key is refused',
  async (t) => {
    const lines: string[] = [];
    const corpus = await start(t, { log: (line) => lines.push(line) });
    await corpus.publish(alpha);
    await corpus.put('mail', { 'in/a': 'alpha', 'out/b': 'alpha' });
    await corpus.settle();
    t.deepEqual(await outcomes(corpus, liveId()), ['mail/in/a scanned']);
    t.deepEqual(await alerted(corpus), ['Alpha mail/in/a']);
    t.is((await corpus.target.state.queues.live.stats()).deadLetters, 0);
    const ignored = lines.filter((line) => line.includes('event ignored'));
    t.is(ignored.length, 1);
    t.regex(ignored[0] ?? '', /"reason":"outside_corpus","detail":"mail\/out\/b does not begin with in\/"/);
    t.regex(lines.find((line) => line.includes('EventsIgnored')) ?? '', /"EventsIgnored":1/);

    for (const event of [
      { bucket: 'mail', keys: ['in/a', 'out/b'] },
      { BucketName: 'mail', ObjectKeys: ['out%2Fb'] },
    ]) {
      const { error } = await corpus.lambda.invoke('live-analyzer', event);
      t.regex(
        error?.errorMessage ?? '',
        /The corpus only has keys of mail that begin with in\/, and this key does not.*out/,
      );
    }
    t.deepEqual(corpus.refused, []);
  },
);

testWithDynamo(
  'an object that is gone from a bucket that may only be listed by prefix is skipped, not denied',
  async (t) => {
    const corpus = await start(t);
    await corpus.put('mail', { 'in/a': 'alpha', 'in/ab': 'alpha' });
    await corpus.services.s3.send(new DeleteObjectCommand({ Bucket: 'mail', Key: 'in/a' }));
    await corpus.publish(alpha);
    await corpus.settle();
    t.deepEqual(await outcomes(corpus, liveId()), ['mail/in/a gone', 'mail/in/ab scanned']);
  },
);

testWithDynamo('an event with the version null is of the object that a listing calls so', async (t) => {
  const corpus = await start(t);
  await corpus.publish(alpha);
  await corpus.put('mail', { 'in/a': 'alpha' });
  await corpus.settle();
  const [created] = corpus.services.created;
  if (created === undefined) throw new Error('nothing was created');
  // So tells a bucket whose versioning is suspended.
  const event = eventBridgeEvent({ ...created, versionId: 'null', eventTime: '2026-01-02T03:04:05Z' });
  await corpus.target.state.queues.live.send([event]);
  await corpus.settle();
  t.deepEqual(await outcomes(corpus, liveId()), ['mail/in/a scanned']);
  t.deepEqual(await alerted(corpus), ['Alpha mail/in/a']);
});

testWithDynamo('verdicts reach objects of a bucket without versions next to a bucket with them', async (t) => {
  const settings = { tagObjects: 'true', quarantineSeverities: 'critical', quarantineBucket: 'jail' };
  const corpus = await start(t, { settings: { corpusBuckets: 'corpus,mail/in/', ...settings } });
  const { s3 } = corpus.services;
  await s3.send(new CreateBucketCommand({ Bucket: 'jail' }));
  await corpus.publish({ ...alpha, 'e.yar': ruleFor('Evil', 'evil', 'severity = "critical"') });
  await corpus.put('mail', { 'in/a': 'alpha', 'in/evil': 'evil' });
  await corpus.settle();
  const tags = await s3.send(new GetObjectTaggingCommand({ Bucket: 'mail', Key: 'in/a' }));
  t.is(tags.TagSet?.find(({ Key }) => Key === 'rearview-verdict')?.Value, 'matched');
  const keysIn = async (Bucket: string, Prefix: string) =>
    ((await s3.send(new ListObjectsV2Command({ Bucket, Prefix }))).Contents ?? []).map(({ Key }) => Key);
  t.deepEqual(await keysIn('mail', 'in/'), ['in/a']);
  t.is((await keysIn('jail', '')).length, 1);
  t.deepEqual(corpus.refused, []);
});
