import type { ExecutionContext } from 'ava';
import * as z from 'zod';
import type { LedgerEntry } from '../domain/scans/outcome.ts';
import { type AwsPipeline, startAwsPipeline } from '../testing/aws/aws-pipeline.ts';
import { ruleFor } from '../testing/local/test-target.ts';
import { eventBridgeEvent, s3Notification } from '../testing/s3/s3-events.ts';
import { failure } from '../testing/s3/s3-http.ts';
import { startS3Intercept } from '../testing/s3/s3-intercept.ts';
import { testWithDynamo } from '../testing/test-unless.ts';

/** Status, code, message and further fields of what S3 answers to reads of a key. */
type Refusal = readonly [status: number, code: string, message: string, fields?: string];

async function startRefusing(t: ExecutionContext, refusals: Readonly<Record<string, Refusal>>): Promise<AwsPipeline> {
  return startAwsPipeline(t, {
    front: async (service, endpoint) =>
      service !== 'S3'
        ? endpoint
        : startS3Intercept(t, endpoint, ({ method, bucket, key }) => {
            const refusal = bucket === 'corpus' && method === 'GET' ? refusals[key] : undefined;
            return refusal === undefined ? null : failure(...refusal);
          }),
  });
}

async function liveOutcomes(pipeline: AwsPipeline): Promise<Record<string, LedgerEntry['outcome']>> {
  const entries = await pipeline.ledger(`live-${new Date().toISOString().slice(0, 10)}`);
  return Object.fromEntries(entries.map(({ key, outcome }) => [key, outcome]));
}

/** The sum that the alarm on unreadable files uses. */
function countUnreadable({ lambda }: AwsPipeline): number {
  const metrics = z.looseObject({ ObjectsUnreadable: z.number().default(0) });
  return lambda
    .logs('live-analyzer')
    .filter((line) => line.includes('"_aws"'))
    .reduce((sum, line) => sum + metrics.parse(JSON.parse(line)).ObjectsUnreadable, 0);
}

testWithDynamo(
  'a file that arrives and cannot be read has its reason in the ledger, and is counted for an alarm',
  async (t) => {
    const archived = "The operation is not valid for the object's storage class";
    const tier = '<StorageClass>INTELLIGENT_TIERING</StorageClass><AccessTier>DEEP_ARCHIVE_ACCESS</AccessTier>';
    const answers: Record<string, Refusal> = {
      glacier: [403, 'InvalidObjectState', archived, '<StorageClass>DEEP_ARCHIVE</StorageClass>'],
      tier: [403, 'InvalidObjectState', archived, tier],
      'own-key': [400, 'InvalidRequest', 'The object was stored using a form of Server Side Encryption.'],
      'foreign-key': [403, 'AccessDenied', 'User: live-analyzer is not authorized to perform: kms:Decrypt'],
      'key-deleted': [400, 'KMS.KMSInvalidStateException', 'The key is pending deletion.'],
    };
    const pipeline = await startRefusing(t, answers);
    await pipeline.publish({ 'a.yar': ruleFor('Alpha', 'alpha') });
    const keys = Object.keys(answers);
    await pipeline.upload({ fine: 'alpha', ...Object.fromEntries(keys.map((key) => [key, 'alpha'])) });
    await pipeline.settle();
    await pipeline.settle();
    const outcomes = await liveOutcomes(pipeline);
    t.like(outcomes['glacier'], { status: 'skipped', reason: 'storage_class' });
    t.regex(JSON.stringify(outcomes['glacier']), /archived in DEEP_ARCHIVE/);
    t.regex(JSON.stringify(outcomes['tier']), /archived in INTELLIGENT_TIERING DEEP_ARCHIVE_ACCESS/);
    for (const key of ['own-key', 'foreign-key', 'key-deleted']) {
      t.like(outcomes[key], { status: 'failed', reason: 'denied' }, key);
    }
    t.regex(JSON.stringify(outcomes['foreign-key']), /kms:Decrypt/);
    t.is(countUnreadable(pipeline), keys.length);
    t.is((await pipeline.alerts()).length, 1, 'its neighbours are scanned');
  },
);

testWithDynamo('an archived file is scanned when its restore ends, whichever form the event has', async (t) => {
  const archived: Refusal = [403, 'InvalidObjectState', 'No.', '<StorageClass>GLACIER</StorageClass>'];
  const answers: Record<string, Refusal> = { a: archived, b: archived };
  const pipeline = await startRefusing(t, answers);
  await pipeline.publish({ 'a.yar': ruleFor('Alpha', 'alpha') });
  await pipeline.upload({ a: 'alpha', b: 'alpha' });
  await pipeline.settle();
  t.like(await liveOutcomes(pipeline), { a: { status: 'skipped' }, b: { status: 'skipped' } });
  for (const key of ['a', 'b']) delete answers[key];
  const [a, b] = pipeline.services.created;
  if (a === undefined || b === undefined) throw new Error('nothing was created');
  await pipeline.target.state.queues.live.send([
    s3Notification({ ...a, eventName: 'ObjectRestore:Completed' }),
    eventBridgeEvent({ ...b, detailType: 'Object Restore Completed' }),
  ]);
  await pipeline.settle();
  t.like(await liveOutcomes(pipeline), { a: { status: 'scanned', matches: 1 }, b: { status: 'scanned', matches: 1 } });
  t.is((await pipeline.alerts()).length, 2);
});
