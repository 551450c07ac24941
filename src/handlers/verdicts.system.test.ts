import {
  CreateBucketCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  ListObjectVersionsCommand,
} from '@aws-sdk/client-s3';
import { CreateTopicCommand, SubscribeCommand } from '@aws-sdk/client-sns';
import { CreateQueueCommand, GetQueueAttributesCommand, ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import type { CleanNotice } from '../domain/alerts/clean-notice.ts';
import { type AwsPipeline, type AwsPipelineOptions, startAwsPipeline } from '../testing/aws/aws-pipeline.ts';
import { startThrottlingFront, type ThrottlingFront } from '../testing/http/throttling-front.ts';
import type { KillMoment } from '../testing/lambda/chaos.ts';
import { ruleFor } from '../testing/local/test-target.ts';
import { failure } from '../testing/s3/s3-http.ts';
import { testWithDynamo } from '../testing/test-unless.ts';

const alpha = { 'a.yar': ruleFor('Alpha', 'alpha') };
const evil = { 'e.yar': ruleFor('Evil', 'evil', 'severity = "Critical"') };
const cleanTopicArn = 'arn:aws:sns:us-east-1:000000000000:clean';
const quarantine = { quarantineSeverities: 'critical', quarantineBucket: 'jail' };
type InterceptS3 = NonNullable<AwsPipelineOptions['interceptS3']>;

/** The tags of a version. Default: the latest. */
async function tagsOf({ services }: AwsPipeline, key: string, VersionId?: string): Promise<Record<string, string>> {
  const at = { Bucket: 'corpus', Key: key, ...(VersionId === undefined ? {} : { VersionId }) };
  const { TagSet = [] } = await services.s3.send(new GetObjectTaggingCommand(at));
  return Object.fromEntries(TagSet.map(({ Key = '', Value = '' }) => [Key, Value]));
}

/** Keys of all versions. */
async function versionsIn({ services }: AwsPipeline, bucket: string): Promise<readonly string[]> {
  const { Versions = [] } = await services.s3.send(new ListObjectVersionsCommand({ Bucket: bucket }));
  return Versions.map(({ Key = '' }) => Key).sort();
}

/** A topic with a queue that gets its messages; answers those that came. */
async function subscribe({ services: { sns, sqs } }: AwsPipeline): Promise<() => Promise<readonly CleanNotice[]>> {
  const { TopicArn } = await sns.send(new CreateTopicCommand({ Name: 'clean' }));
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'clean' }));
  const asked = new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] });
  const Endpoint = (await sqs.send(asked)).Attributes?.['QueueArn'];
  const Attributes = { RawMessageDelivery: 'true' };
  await sns.send(new SubscribeCommand({ TopicArn, Protocol: 'sqs', Endpoint, Attributes }));
  return async () => {
    const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }));
    return Messages.map(({ Body = '' }): CleanNotice => JSON.parse(Body));
  };
}

async function liveOutcomes(pipeline: AwsPipeline): Promise<Record<string, string>> {
  const entries = await pipeline.ledger(`live-${new Date().toISOString().slice(0, 10)}`);
  return Object.fromEntries(
    entries.map(({ key, outcome }) => [key, 'reason' in outcome ? outcome.reason : outcome.status]),
  );
}

testWithDynamo(
  'objects are tagged as they arrive, and a retro scan of a new rule keeps an existing match',
  async (t) => {
    const pipeline = await startAwsPipeline(t, { settings: { tagObjects: 'true' } });
    await pipeline.publish(alpha);
    await pipeline.upload({ bad: 'alpha', good: 'nothing', later: 'beta' });
    await pipeline.settle();
    const whole = (await pipeline.target.library.current())?.rulesetId.slice(0, 16);
    t.like(await tagsOf(pipeline, 'bad'), { 'rearview-verdict': 'matched', 'rearview-ruleset': whole });
    t.like(await tagsOf(pipeline, 'good'), { 'rearview-verdict': 'clean', 'rearview-ruleset': whole });
    t.like(await tagsOf(pipeline, 'later'), { 'rearview-verdict': 'clean' });

    await pipeline.publish({ ...alpha, 'b.yar': ruleFor('Beta', 'beta') });
    await pipeline.ended((await pipeline.begin()).id);
    const newer = (await pipeline.target.library.current())?.rulesetId.slice(0, 16);
    t.like(await tagsOf(pipeline, 'bad'), { 'rearview-verdict': 'matched', 'rearview-ruleset': newer });
    t.like(await tagsOf(pipeline, 'good'), { 'rearview-verdict': 'clean', 'rearview-ruleset': newer });
    t.like(await tagsOf(pipeline, 'later'), { 'rearview-verdict': 'matched', 'rearview-ruleset': newer });

    await pipeline.publish({ 'b.yar': ruleFor('Beta', 'beta') });
    await pipeline.ended((await pipeline.begin({ full: true })).id);
    t.like(await tagsOf(pipeline, 'bad'), { 'rearview-verdict': 'clean' }, 'a scan of all rules applies it again');
  },
);

testWithDynamo('files without a match are published to a topic when they arrive, and not by retro scans', async (t) => {
  const pipeline = await startAwsPipeline(t, { settings: { cleanTopicArn } });
  const notices = await subscribe(pipeline);
  await pipeline.publish(alpha);
  await pipeline.upload({ bad: 'alpha', good: 'nothing' });
  await pipeline.settle();
  await pipeline.ended((await pipeline.begin({ full: true })).id);
  const [notice, ...others] = await notices();
  t.is(others.length, 0);
  t.like(notice, {
    schema: 'rearview.clean/1',
    object: { bucket: 'corpus', key: 'good', version: pipeline.services.created[1]?.versionId },
    scan: { kind: 'live' },
    file: { size: 7, filename: 'good' },
  });
  t.deepEqual(await tagsOf(pipeline, 'good'), {});
});

testWithDynamo('only the version that a rule of that severity matches is moved, and it alerts', async (t) => {
  const pipeline = await startAwsPipeline(t, { settings: { ...quarantine, tagObjects: 'true' } });
  await pipeline.services.s3.send(new CreateBucketCommand({ Bucket: 'jail' }));
  const staged = { 's.yar': ruleFor('Staged', 'draft', 'severity = "critical" status = "staged"') };
  await pipeline.publish({ ...alpha, ...evil, ...staged });
  await pipeline.upload({ 'a b/ü': 'first' });
  await pipeline.upload({ 'a b/ü': 'evil', low: 'alpha', trial: 'draft' });
  await pipeline.settle();
  t.deepEqual(await versionsIn(pipeline, 'jail'), ['corpus/a+b/%C3%BC']);
  t.deepEqual(await versionsIn(pipeline, 'corpus'), ['a+b/%C3%BC', 'low', 'trial']);
  const alerts = await pipeline.alerts();
  t.deepEqual(alerts.map(({ rule }) => rule.name).sort(), ['Alpha', 'Evil']);
  const { Metadata } = await pipeline.services.s3.send(new HeadObjectCommand({ Bucket: 'jail', Key: 'corpus/a b/ü' }));
  t.is(Metadata?.['rearview-alert-id'], alerts.find(({ rule }) => rule.name === 'Evil')?.id);
  t.like(await tagsOf(pipeline, 'trial'), { 'rearview-verdict': 'clean' });
  t.true(pipeline.lambda.logs('live-analyzer').some((line) => line.includes('object quarantined')));

  const retro = await pipeline.ended((await pipeline.begin({ full: true })).id);
  t.like(retro, { state: 'completed', counts: { objects: 3, scanned: 3 } }, 'it is out of the corpus');
});

testWithDynamo('a retro scan moves what a new rule matches', async (t) => {
  const pipeline = await startAwsPipeline(t, { versioned: false, settings: quarantine });
  await pipeline.services.s3.send(new CreateBucketCommand({ Bucket: 'jail' }));
  await pipeline.publish(alpha);
  await pipeline.upload({ a: 'evil', b: 'alpha' });
  await pipeline.settle();
  await pipeline.publish({ ...alpha, ...evil });
  t.like((await pipeline.ended((await pipeline.begin()).id)).counts, { objects: 2, scanned: 2, matches: 1 });
  await t.notThrowsAsync(pipeline.services.s3.send(new HeadObjectCommand({ Bucket: 'jail', Key: 'corpus/a' })));
  await t.throwsAsync(pipeline.services.s3.send(new HeadObjectCommand({ Bucket: 'corpus', Key: 'a' })));
  t.like((await pipeline.ended((await pipeline.begin({ full: true })).id)).counts, { objects: 1 });
});

for (const isServed of [false, true]) {
  const moment = isServed ? 'after it deleted the object' : 'between the copy and the delete';
  testWithDynamo(`a function that dies ${moment} leaves one complete copy, and an alert`, async (t) => {
    let pipeline: AwsPipeline | undefined;
    let deletes = 0;
    const interceptS3: InterceptS3 = async (each, serve) => {
      if (each.method !== 'DELETE' || deletes++ > 0) return serve(each);
      if (isServed) await serve(each);
      await pipeline?.lambda.kill('live-analyzer');
      return null;
    };
    pipeline = await startAwsPipeline(t, { maxReceives: 10, settings: quarantine, interceptS3 });
    await pipeline.services.s3.send(new CreateBucketCommand({ Bucket: 'jail' }));
    await pipeline.publish(evil);
    await pipeline.upload({ a: 'evil', b: 'good' });
    await pipeline.settle();
    t.true(pipeline.lambda.stats('live-analyzer').kills > 0);
    t.deepEqual(await versionsIn(pipeline, 'jail'), ['corpus/a']);
    t.deepEqual(await versionsIn(pipeline, 'corpus'), ['b']);
    t.deepEqual(await liveOutcomes(pipeline), { a: isServed ? 'gone' : 'scanned', b: 'scanned' });
    // What died between sending and marking is owed still.
    const owed = await pipeline.target.state.matches.pendingAlerts({ limit: 10 });
    const ids = new Set([...(await pipeline.alerts()), ...owed].map(({ object }) => object.key));
    t.deepEqual([...ids], ['a']);
  });
}

testWithDynamo(
  'with every message delivered twice and functions killed, each object is moved, and none is lost',
  async (t) => {
    const settings = { ...quarantine, tagObjects: 'true' };
    const pipeline = await startAwsPipeline(t, { maxReceives: 50, batchSize: 2, settings });
    await pipeline.services.s3.send(new CreateBucketCommand({ Bucket: 'jail' }));
    const moments: readonly KillMoment[] = [10, 'before-answer', 60, 150, 'after-answer', 300];
    pipeline.lambda.setChaos({ deliverTwice: () => true, kill: ({ number }) => moments[number - 1] ?? null });
    await pipeline.publish(evil);
    const keys = Array.from({ length: 8 }, (_, index) => `${index}`);
    await pipeline.upload(Object.fromEntries(keys.map((key) => [key, `evil ${key}`])));
    await pipeline.upload({ good: 'nothing' });
    await pipeline.settle();
    t.deepEqual(
      [...new Set(await versionsIn(pipeline, 'jail'))],
      keys.map((key) => `corpus/${key}`),
    );
    t.deepEqual(await versionsIn(pipeline, 'corpus'), ['good']);
    t.like(await tagsOf(pipeline, 'good'), { 'rearview-verdict': 'clean' });
    const { matches } = await pipeline.target.state.matches.list({ filter: {}, limit: 100 });
    t.deepEqual(matches.map(({ alert }) => alert.object.key).sort(), keys);
    t.like(await pipeline.target.state.queues.live.stats(), { visible: 0, inFlight: 0, deadLetters: 0 });
    t.deepEqual(Object.keys(await liveOutcomes(pipeline)).sort(), [...keys, 'good']);
  },
);

testWithDynamo('refused tags delay an object and are reported in the end; its outcome stays', async (t) => {
  const refused: string[] = [];
  const pipeline = await startAwsPipeline(t, {
    settings: { tagObjects: 'true' },
    interceptS3: async (each, serve) => {
      if (!each.query.has('tagging') || each.method !== 'PUT') return serve(each);
      refused.push(each.path);
      return failure(403, 'AccessDenied', 'No.');
    },
  });
  await pipeline.publish(alpha);
  await pipeline.upload({ a: 'alpha' });
  await pipeline.settle();
  t.is(refused.length, 3, 'once for each delivery');
  t.deepEqual(await liveOutcomes(pipeline), { a: 'scanned' });
  t.is((await pipeline.alerts()).length, 1);
  t.like(await pipeline.target.state.queues.live.stats(), { visible: 0, inFlight: 0, deadLetters: 0 });
  t.true(
    pipeline.lambda.logs('live-analyzer').some((line) => /"problem".*verdict on corpus\/a.*AccessDenied/.test(line)),
  );
});

testWithDynamo('nothing is requested from S3 for verdicts unless they are configured', async (t) => {
  const fronts: ThrottlingFront[] = [];
  const pipeline = await startAwsPipeline(t, {
    settings: { quarantineBucket: 'jail' },
    front: async (service, endpoint) => {
      if (service !== 'S3') return endpoint;
      const front = await startThrottlingFront(t, endpoint, { service });
      fronts.push(front);
      return front.endpoint;
    },
  });
  await pipeline.publish(evil);
  await pipeline.upload({ a: 'evil' });
  await pipeline.settle();
  t.is((await pipeline.alerts()).length, 1);
  const asked = fronts.flatMap(({ counts }) => [...counts.keys()]);
  t.deepEqual(asked.sort(), ['GET object', 'HEAD object']);
});
