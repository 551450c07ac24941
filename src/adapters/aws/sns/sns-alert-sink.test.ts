import { ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import test, { type ExecutionContext } from 'ava';
import * as z from 'zod';
import { hasCode, RearviewError } from '../../../domain/errors.ts';
import { alertSinkContract, sampleAlert } from '../../../ports/alert-sink.contract.ts';
import type { ObjectStore } from '../../../ports/object-store.ts';
import {
  type MessagingEmulator,
  type QueuePair,
  snsFailure,
  startMessagingEmulator,
} from '../../../testing/aws/messaging-emulator.ts';
import { startS3Emulator } from '../../../testing/s3/s3-emulator.ts';
import { createS3ObjectStore } from '../s3/s3-object-store.ts';
import { createSqsQueue } from '../sqs/sqs-queue.ts';
import { createSnsAlertSink, type SnsAlertSinkOptions } from './sns-alert-sink.ts';

const raw = { RawMessageDelivery: 'true' };
const now = () => Date.parse('2026-02-03T23:59:59.999Z');

async function start(
  t: ExecutionContext,
  {
    subscription = raw,
    ...options
  }: Partial<SnsAlertSinkOptions> & { readonly subscription?: Record<string, string> } = {},
) {
  const emulator = await startMessagingEmulator(t);
  const { arn, queue } = await emulator.createTopic(subscription);
  const store = options.oversize ?? createS3ObjectStore(await startS3Emulator(t));
  const sink = createSnsAlertSink({ client: emulator.sns, topicArn: arn, now, ...options, oversize: store });
  return { emulator, arn, queue, store, sink };
}

const attribute = z.object({ DataType: z.string(), StringValue: z.string() });
const delivery = z.object({ Body: z.string(), MessageAttributes: z.record(z.string(), attribute).default({}) });

/** The messages that the topic delivered, in no particular order. */
async function delivered({ sqs }: MessagingEmulator, { url }: QueuePair): Promise<readonly z.infer<typeof delivery>[]> {
  const all: z.infer<typeof delivery>[] = [];
  for (;;) {
    const input = { QueueUrl: url, MaxNumberOfMessages: 10, MessageAttributeNames: ['All'] };
    const { Messages = [] } = await sqs.send(new ReceiveMessageCommand(input));
    if (Messages.length === 0) return all;
    all.push(...Messages.map((each) => delivery.parse(each)));
  }
}

alertSinkContract(
  test,
  async (t) => {
    const { emulator, queue, sink } = await start(t);
    const idsNow = async () => (await delivered(emulator, queue)).map(({ Body }): string => JSON.parse(Body).id);
    return { sink, delivered: idsNow };
  },
  async (t) => {
    const { emulator, sink } = await start(t);
    emulator.intercept(() => snsFailure(500, 'InternalError'));
    return sink;
  },
);

test('a subscribed queue gets the whole alert, with attributes', async (t) => {
  const { emulator, queue, sink } = await start(t);
  const { rule } = sampleAlert();
  const alert = sampleAlert({ rule: { ...rule, tags: ['linux'] } });
  await sink.send(alert);
  const [message] = await delivered(emulator, queue);
  t.is(message?.Body, JSON.stringify(alert));
  t.deepEqual(message?.MessageAttributes, {
    ...{ rule: string('R'), namespace: string('a.yar'), severity: string('high'), bucket: string('corpus') },
    ...{ kind: string('live'), reason: string('new_match'), scan: string('s') },
    tags: { DataType: 'String.Array', StringValue: '["linux"]' },
  });
});
const string = (StringValue: string) => ({ DataType: 'String', StringValue });

test('without raw delivery, the message has a subject, and the alert as text', async (t) => {
  const { emulator, queue, sink } = await start(t, { subscription: {} });
  await sink.send(sampleAlert());
  const [message] = await delivered(emulator, queue);
  const envelope: unknown = JSON.parse(message?.Body ?? '');
  t.like(envelope, {
    Type: 'Notification',
    Subject: '[Rearview] high: R in x',
    Message: JSON.stringify(sampleAlert()),
  });
});

test('a filter policy passes the alerts it names', async (t) => {
  const FilterPolicy = JSON.stringify({ severity: ['critical'], kind: ['retro'] });
  const { emulator, queue, sink } = await start(t, { subscription: { ...raw, FilterPolicy } });
  const { rule } = sampleAlert();
  const critical = { ...rule, severity: 'critical' };
  await sink.send(sampleAlert({ id: '1' }));
  await sink.send(sampleAlert({ id: '2', rule: critical }));
  await sink.send(sampleAlert({ id: '3', rule: critical, scan: { id: 's', kind: 'retro' } }));
  t.deepEqual(
    (await delivered(emulator, queue)).map(({ Body }): unknown => JSON.parse(Body).id),
    ['3'],
  );
});

test('characters that SQS refuses are escaped and reach a queue', async (t) => {
  const { emulator, queue, sink } = await start(t);
  const { file } = sampleAlert();
  const alert = sampleAlert({ file: { ...file, filepath: '/tmp/\uffff\ud800\0' } });
  await sink.send(alert);
  const [message] = await delivered(emulator, queue);
  t.true(message?.Body.includes('\\uffff'));
  t.deepEqual(JSON.parse(message?.Body ?? ''), alert);
});

const strings = (count: number) =>
  Array.from({ length: count }, (_, offset) => ({ identifier: '$a', offset, length: 900, data: 'x'.repeat(900) }));

test('an alert that is too large is stored completely, and the message has its location and as many strings as fit', async (t) => {
  const { emulator, queue, store, sink } = await start(t);
  const alert = sampleAlert({ strings: strings(1000) });
  await sink.send(alert);
  const key = 'alerts/2026-02-03/ab12.json';
  const whole = await store.read(await store.head({ key }), { maxBytes: 10 ** 7 });
  t.deepEqual(JSON.parse(new TextDecoder().decode(whole.bytes)), alert);
  const [message] = await delivered(emulator, queue);
  const short = JSON.parse(message?.Body ?? '');
  t.deepEqual(short, { ...alert, full: { bucket: 'corpus', key }, stringsTotal: 1000, strings: short.strings });
  t.true(short.strings.length > 200 && short.strings.length < 300);
});

test('an alert just below the limit is sent unchanged, and nothing is stored', async (t) => {
  const { emulator, queue, store, sink } = await start(t);
  const fill = (length: number) =>
    sampleAlert({ strings: [{ identifier: '$a', offset: 0, length, data: 'x'.repeat(length) }] });
  const overhead = Buffer.byteLength(JSON.stringify(fill(0))) + '262144'.length - '0'.length;
  const attributes = ['rule', 'namespace', 'severity', 'bucket', 'kind', 'reason', 'scan'].join('').length;
  const values = ['R', 'a.yar', 'high', 'corpus', 'live', 'new_match', 's'].join('').length;
  const room = 262_144 - overhead - attributes - values - 7 * 'String'.length - '[Rearview] high: R in x'.length;
  await sink.send(fill(room));
  t.is((await delivered(emulator, queue)).length, 1);
  t.deepEqual((await store.list({ after: null, limit: 10 })).objects, []);
  await sink.send(fill(room + 1));
  t.deepEqual(JSON.parse((await delivered(emulator, queue))[0]?.Body ?? '').strings, []);
  t.is((await store.list({ after: null, limit: 10 })).objects.length, 1);
});

test('an alert with gigantic meta and tags is delivered', async (t) => {
  const { emulator, queue, sink } = await start(t);
  const { rule } = sampleAlert();
  const meta = [{ identifier: 'description', value: '"'.repeat(10 ** 6) }];
  await sink.send(sampleAlert({ strings: strings(10), rule: { ...rule, meta, tags: ['x'.repeat(10 ** 6)] } }));
  const [message] = await delivered(emulator, queue);
  t.like(JSON.parse(message?.Body ?? ''), { metaTotal: 1, tagsTotal: 1, stringsTotal: 10, strings: strings(10) });
});

test('in the format of BinaryAlert, messages and stored alerts are in that format', async (t) => {
  const { emulator, queue, store, sink } = await start(t, { format: 'binaryalert' });
  const many = Array.from({ length: 1000 }, (_, index) => ({
    identifier: `$a${index}`,
    offset: 0,
    length: 900,
    data: `${index}${'x'.repeat(900)}`,
  }));
  await sink.send(sampleAlert({ strings: many }));
  const [message] = await delivered(emulator, queue);
  const key = 'alerts/2026-02-03/ab12.json';
  t.like(JSON.parse(message?.Body ?? ''), {
    NumMatchedRules: 1,
    Cut: { Full: `S3:corpus:${key}`, StringsTotal: 1000 },
  });
  const whole = await store.read(await store.head({ key }), { maxBytes: 10 ** 7 });
  const stored = JSON.parse(new TextDecoder().decode(whole.bytes));
  t.is(stored.MatchedRules.Rule1.MatchedStrings.length, 1000);
  t.false('Cut' in stored);
});

test('a large alert that cannot be stored stays owed, and no message refers to the missing object', async (t) => {
  const full = new RearviewError('ERR_STORAGE_FULL', 'The bucket is full.', { retryable: true });
  const nowhere = async () => Promise.reject(full);
  const oversize: ObjectStore = {
    bucket: 'state',
    head: nowhere,
    describe: nowhere,
    read: nowhere,
    list: nowhere,
    put: nowhere,
  };
  const { emulator, queue, sink } = await start(t, { oversize });
  const error = await t.throwsAsync(sink.send(sampleAlert({ strings: strings(1000) })));
  t.true(hasCode(error, 'ERR_ALERT_DELIVERY') && error.retryable && error.cause === full);
  t.deepEqual(await delivered(emulator, queue), []);
});

test('an alert that was not published stays owed, and the error names it and the fix', async (t) => {
  const { emulator, arn, sink } = await start(t);
  const failures = [
    [snsFailure(429, 'Throttled'), /Throttled/],
    [snsFailure(400, 'KMSThrottling'), /KMSThrottling/],
    [snsFailure(403, 'AuthorizationError'), /sns:Publish/],
    [snsFailure(404, 'NotFound'), /does not exist/],
    [snsFailure(400, 'InvalidParameter', 'Message too long'), /Message too long/],
    [null, /try again/],
  ] as const;
  for (const [failure, reason] of failures) {
    emulator.intercept(() => failure);
    const error = await t.throwsAsync(sink.send(sampleAlert()));
    t.true(hasCode(error, 'ERR_ALERT_DELIVERY') && error.retryable);
    t.true(error?.message.includes('ab12') && error.message.includes(arn));
    t.regex(error?.message ?? '', reason);
  }
});

test("an alert can be read by this project's own queue", async (t) => {
  const { emulator, queue, sink } = await start(t);
  await sink.send(sampleAlert());
  const reader = createSqsQueue({ client: emulator.sqs, name: 'alerts', ...queue });
  const [message] = await reader.receive({ max: 1 });
  t.deepEqual(JSON.parse(message?.body ?? ''), sampleAlert());
});
