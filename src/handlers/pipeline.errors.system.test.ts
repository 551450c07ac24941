import { DeleteObjectCommand } from '@aws-sdk/client-s3';
import type { ExecutionContext } from 'ava';
import * as z from 'zod';
import type { LedgerEntry } from '../domain/scans/outcome.ts';
import { type AwsPipeline, type AwsPipelineOptions, startAwsPipeline } from '../testing/aws/aws-pipeline.ts';
import { forward, type HttpRequest, startHttpServer } from '../testing/http/http-proxy.ts';
import { ruleFor } from '../testing/local/test-target.ts';
import { failure } from '../testing/s3/s3-http.ts';
import { startS3Intercept } from '../testing/s3/s3-intercept.ts';
import { testWithDynamo } from '../testing/test-unless.ts';

const alpha = { 'a.yar': ruleFor('Alpha', 'alpha') };

/**
 * The response of S3 to a refused read: status, code and more fields of the error, or no response at
 * all.
 */
type Refusal = readonly [status: number, code: string, fields?: string] | 'hang';

/** A pipeline in which S3 refuses some keys, for as long as they are in `refusals`. */
async function startWith(
  t: ExecutionContext,
  refusals: Readonly<Record<string, Refusal>>,
  options: AwsPipelineOptions = {},
): Promise<AwsPipeline> {
  return startAwsPipeline(t, {
    ...options,
    front: async (service, endpoint) =>
      service !== 'S3'
        ? (options.front?.(service, endpoint) ?? endpoint)
        : startS3Intercept(t, endpoint, ({ method, key }) => {
            const refusal = method === 'GET' || method === 'HEAD' ? refusals[key] : undefined;
            if (refusal === undefined) return null;
            if (refusal === 'hang') return new Promise<never>(() => undefined);
            const [status, code, fields] = refusal;
            return failure(status, code, 'No.', fields);
          }),
  });
}

async function liveOutcomes(pipeline: AwsPipeline): Promise<Record<string, LedgerEntry['outcome']>> {
  const entries = await pipeline.ledger(`live-${new Date().toISOString().slice(0, 10)}`);
  return Object.fromEntries(entries.map(({ key, outcome }) => [key, outcome]));
}

const visibilityChange = z.object({ VisibilityTimeout: z.number() });
const denied: Refusal = [403, 'AccessDenied'];
const noKey: Refusal = [403, 'KMS.DisabledException'];
const archived: Refusal = [403, 'InvalidObjectState', '<StorageClass>GLACIER</StorageClass>'];

testWithDynamo('each object has its own error with its meaning, and its neighbours are not affected', async (t) => {
  const answers: Record<string, Refusal> = { archived, denied, encrypted: noKey };
  const pipeline = await startWith(t, answers, { settings: { maxObjectBytes: '1000' } });
  await pipeline.publish(alpha);
  await pipeline.upload({
    archived: 'alpha',
    denied: 'alpha',
    encrypted: 'alpha',
    fine: 'alpha',
    large: 'a'.repeat(2000),
  });
  await pipeline.settle();
  // Dead letters take a look after the last delivery.
  await pipeline.settle();
  const outcomes = await liveOutcomes(pipeline);
  t.like(outcomes['archived'], { status: 'skipped', reason: 'storage_class' });
  t.regex('detail' in (outcomes['archived'] ?? {}) ? JSON.stringify(outcomes['archived']) : '', /GLACIER/);
  t.like(outcomes['large'], { status: 'skipped', reason: 'too_large' });
  t.like(outcomes['fine'], { status: 'scanned', matches: 1 });
  t.like(outcomes['denied'], { status: 'failed', reason: 'denied' });
  t.like(outcomes['encrypted'], { status: 'failed', reason: 'denied' });
  const { live } = pipeline.target.state.queues;
  t.like(await live.stats(), { visible: 0, deadLetters: 2 }, 'what can be fixed waits for it');

  delete answers['denied'];
  delete answers['encrypted'];
  await pipeline.lambda.invoke('redrive', {});
  await pipeline.settle();
  const mended = await liveOutcomes(pipeline);
  t.like(mended['denied'], { status: 'scanned', matches: 1 });
  t.like(mended['encrypted'], { status: 'scanned', matches: 1 });
  t.is(Object.keys(mended).length, 5);
  t.is((await pipeline.alerts()).length, 3);
});

testWithDynamo('a message with a denied object returns after a pause, and its neighbours do not', async (t) => {
  const pauses: { readonly body: string; readonly seconds: number }[] = [];
  const isChange = ({ headers }: HttpRequest) => headers['x-amz-target'] === 'AmazonSQS.ChangeMessageVisibility';
  const pipeline = await startWith(
    t,
    { denied },
    {
      front: async (service, endpoint) =>
        service !== 'SQS'
          ? endpoint
          : startHttpServer(t, async (request) => {
              const body = request.body.toString();
              if (isChange(request))
                pauses.push({ body, seconds: visibilityChange.parse(JSON.parse(body)).VisibilityTimeout });
              return forward(endpoint, request);
            }),
    },
  );
  await pipeline.publish(alpha);
  await pipeline.upload({ a: 'alpha', denied: 'alpha', b: 'alpha' });
  await pipeline.settle();
  const live = pauses.filter(({ body }) => /\/live"/.test(body)).map(({ seconds }) => seconds);
  t.deepEqual(live, [30, 120, 0], 'after the last delivery it is a dead letter at once');
});

testWithDynamo('an object that is deleted before it is scanned is recorded as gone', async (t) => {
  const pipeline = await startAwsPipeline(t, { versioned: false });
  await pipeline.upload({ gone: 'alpha', stays: 'alpha' });
  await pipeline.services.s3.send(new DeleteObjectCommand({ Bucket: 'corpus', Key: 'gone' }));
  await pipeline.publish(alpha);
  await pipeline.settle();
  const outcomes = await liveOutcomes(pipeline);
  t.like(outcomes['gone'], { status: 'skipped', reason: 'gone' });
  t.like(outcomes['stays'], { status: 'scanned' });
  t.like(await pipeline.target.state.queues.live.stats(), { visible: 0, deadLetters: 0 });
});

testWithDynamo(
  'an object that takes all available time ends as a dead letter, and its neighbours do not wait for it',
  async (t) => {
    const answers = { hangs: 'hang' as const };
    const pipeline = await startWith(t, answers, { timeoutMs: 6000, settings: { deadlineMs: '1000' } });
    await pipeline.publish(alpha);
    await pipeline.upload({ 'a.txt': 'alpha', hangs: 'alpha', 'b.txt': 'alpha' });
    await pipeline.settle();
    await pipeline.settle();
    const outcomes = await liveOutcomes(pipeline);
    t.like(outcomes['a.txt'], { status: 'scanned' });
    t.like(outcomes['b.txt'], { status: 'scanned' });
    t.like(outcomes['hangs'], { status: 'failed', reason: 'dead_letter' });
    t.like(await pipeline.target.state.queues.live.stats(), { visible: 0, deadLetters: 1 });
    t.is(pipeline.lambda.stats('live-analyzer').timeouts, 0, 'it is given up before Lambda kills them all');
  },
);

testWithDynamo(
  'a retro batch that does not fit into one invocation continues in the next, and counts once',
  async (t) => {
    const slow =
      'rule Slow { strings: $a = "alpha" condition: $a and for all i in (0..1000000) : ( for all j in (0..1000000) : ( uint8(i % 4) >= 0 or uint8(j % 4) >= 0 ) ) }';
    const pipeline = await startAwsPipeline(t, { timeoutMs: 4000, settings: { deadlineMs: '2000' } });
    await pipeline.publish(alpha);
    await pipeline.upload(Object.fromEntries(Array.from({ length: 6 }, (_, index) => [`${index}`, `alpha ${index}`])));
    await pipeline.settle();
    await pipeline.publish({ ...alpha, 'slow.yar': slow });
    const scan = await pipeline.ended((await pipeline.begin()).id);
    t.like(scan.counts, { objects: 6 });
    t.is(scan.counts.failed, 6, 'each runs past its deadline');
    t.like(scan.batches, { planned: 1, reported: 1 });
    t.true(pipeline.lambda.stats('retro-analyzer').invocations > 1);
  },
);
