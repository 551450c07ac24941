import {
  CreateBucketCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  PutObjectCommand,
  PutObjectTaggingCommand,
} from '@aws-sdk/client-s3';
import { ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import test, { type ExecutionContext } from 'ava';
import fc from 'fast-check';
import { hasCode } from '../../../domain/errors.ts';
import type { ObjectInfo } from '../../../domain/objects/object.ts';
import type { Verdict } from '../../../domain/scans/verdict.ts';
import { snsFailure, startMessagingEmulator } from '../../../testing/aws/messaging-emulator.ts';
import { sampleVerdict } from '../../../testing/local/sample-verdict.ts';
import { type S3EmulatorOptions, s3ClientOf, startS3Emulator } from '../../../testing/s3/s3-emulator.ts';
import { failure } from '../../../testing/s3/s3-http.ts';
import { createS3ObjectStore } from '../s3/s3-object-store.ts';
import { createS3VerdictSink, type S3VerdictSinkOptions } from './s3-verdict-sink.ts';
import { createSnsCleanNotices } from './sns-clean-notices.ts';
import { verdictTags } from './verdict-tags.ts';

type Intercept = NonNullable<S3EmulatorOptions['intercept']>;
const critical = { alertId: 'a'.repeat(32), ruleId: 'a.yar:R', severity: 'critical' };
const ours = {
  'rearview-verdict': 'clean',
  'rearview-ruleset': 'abababababababab',
  'rearview-scanned-at': '2026-01-02T03:04:05.678Z',
};
const deniedTags: Intercept = async (each, serve) =>
  each.query.has('tagging') ? failure(403, 'AccessDenied', 'No.') : serve(each);

async function start(
  t: ExecutionContext,
  { versioned = true, ...options }: Partial<S3VerdictSinkOptions> & { readonly intercept?: Intercept } = {},
) {
  let intercept: Intercept = (each, serve) => serve(each);
  const { endpoint } = await startS3Emulator(t, { versioned, intercept: (each, serve) => intercept(each, serve) });
  const client = s3ClientOf(t, Number(new URL(endpoint).port), { maxAttempts: 1 });
  await client.send(new CreateBucketCommand({ Bucket: 'jail' }));
  const problems: string[] = [];
  const quarantined: unknown[] = [];
  const sink = createS3VerdictSink({
    ...{ client, versioned },
    onProblem: (message) => problems.push(message),
    onQuarantined: ({ key }, { alertId }, to) => quarantined.push([key, alertId, to]),
    ...options,
  });
  const put = async (key: string, Tagging = '', bucket = 'corpus'): Promise<ObjectInfo> => {
    const body = `content ${key}`;
    const { VersionId } = await client.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: body, Tagging }));
    const store = createS3ObjectStore({ client, bucket, versioned });
    return store.head({ key, ...(VersionId === undefined ? {} : { version: VersionId }) });
  };
  const tagsOf = async ({ bucket, key, version }: ObjectInfo) => {
    const input = { Bucket: bucket, Key: key, ...(versioned ? { VersionId: version } : {}) };
    const { TagSet = [] } = await client.send(new GetObjectTaggingCommand(input));
    return Object.fromEntries(TagSet.map(({ Key, Value }) => [Key, Value]));
  };
  const exists = ({ bucket, key }: ObjectInfo) =>
    client.send(new HeadObjectCommand({ Bucket: bucket, Key: key })).then(
      () => true,
      () => false,
    );
  const setIntercept = (next: Intercept) => {
    intercept = next;
  };
  return { client, sink, put, tagsOf, exists, problems, quarantined, setIntercept };
}

/** The object's file, in a verdict with a matching rule. */
const matched = (object: ObjectInfo, fields: Partial<Verdict> = {}): Verdict => {
  const { file } = sampleVerdict();
  // Scanned in part, so that no checksum has to be true.
  return sampleVerdict({
    ...{ status: 'matched', object, matches: [critical] },
    file: file === null ? null : { ...file, scannedBytes: 1 },
    ...fields,
  });
};

async function startTopic(t: ExecutionContext) {
  const emulator = await startMessagingEmulator(t);
  const { arn, queue } = await emulator.createTopic({ RawMessageDelivery: 'true' });
  const received = async () => {
    const input = { QueueUrl: queue.url, MaxNumberOfMessages: 10, MessageAttributeNames: ['All'] };
    return (await emulator.sqs.send(new ReceiveMessageCommand(input))).Messages ?? [];
  };
  return { emulator, received, cleanNotices: createSnsCleanNotices({ client: emulator.sns, topicArn: arn }) };
}

for (const versioned of [true, false]) {
  test(`tags show the verdict of the very version, next to the tags of others: ${versioned ? 'with' : 'without'} versions`, async (t) => {
    const { sink, put, tagsOf, problems } = await start(t, { versioned, tagObjects: true });
    const earlier = versioned ? await put('a ü+') : null;
    const object = await put('a ü+', 'team=red&owner=x%20y');
    const later = versioned ? await put('a ü+') : null;
    await sink.apply(sampleVerdict({ object }));
    t.deepEqual(await tagsOf(object), { team: 'red', owner: 'x y', ...ours });
    for (const status of ['matched', 'skipped', 'failed', 'clean'] as const) {
      await sink.apply(sampleVerdict({ object, status, at: '2027-01-01T00:00:00.000Z' }));
      t.like(await tagsOf(object), { team: 'red', 'rearview-verdict': status });
    }
    t.like(await tagsOf(object), { 'rearview-scanned-at': '2027-01-01T00:00:00.000Z' });
    for (const other of [earlier, later]) if (other !== null) t.deepEqual(await tagsOf(other), {});
    t.deepEqual(problems, []);
  });
}

test('tags of others are never lost: tags that do not fit are reported', async (t) => {
  const { sink, put, tagsOf, problems } = await start(t, { tagObjects: true });
  for (const [count, room] of [
    [10, 0],
    [8, 2],
  ] as const) {
    const theirs = Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${index}`, 'v']));
    const object = await put(`has-${count}`, String(new URLSearchParams(theirs)));
    await sink.apply(sampleVerdict({ object }));
    t.deepEqual(await tagsOf(object), { ...theirs, ...Object.fromEntries(Object.entries(ours).slice(0, room)) });
    const [problem = ''] = problems.splice(0);
    t.regex(problem, new RegExp(`has-${count}.*rearview-scanned-at`));
    t.is(problem.includes('rearview-verdict'), room === 0);
  }
});

test('tag values have no character that S3 refuses', (t) => {
  fc.assert(
    fc.property(fc.date({ noInvalidDate: true }), fc.stringMatching(/^[0-9a-f]{64}$/), (date, id) => {
      for (const { key, value } of verdictTags(sampleVerdict({ at: date.toISOString(), ruleset: { id } }))) {
        t.regex(value, /^[\p{L}\p{Z}\p{N}_.:/=+\-@]{1,256}$/u);
        t.regex(key, /^[\p{L}\p{Z}\p{N}_.:/=+\-@]{1,128}$/u);
      }
    }),
  );
});

test('a version that is gone is not tagged, and neither is the object that replaced it', async (t) => {
  for (const versioned of [true, false]) {
    const { client, sink, put, tagsOf } = await start(t, { versioned, tagObjects: true });
    const object = await put('a');
    await client.send(new PutObjectCommand({ Bucket: 'corpus', Key: 'a', Body: 'other' }));
    const gone = versioned ? { ...object, version: 'v9999' } : object;
    await t.notThrowsAsync(sink.apply(sampleVerdict({ object: gone })));
    t.deepEqual(await tagsOf(object), {});
    await t.notThrowsAsync(sink.apply(sampleVerdict({ object: { ...gone, key: 'never' } })));
  }
});

test('a topic is notified of clean files, with attributes for filtering; each notice has the id of its object', async (t) => {
  const { cleanNotices, received } = await startTopic(t);
  const { sink, put } = await start(t, { cleanNotices });
  const object = await put('a\u0001b\u009b2J\u202ec');
  const verdict = sampleVerdict({ object });
  for (let time = 0; time < 2; time += 1) await sink.apply(verdict);
  const messages = await received();
  t.is(messages.length, 2);
  for (const { Body = '' } of messages) t.notRegex(Body, /[\p{Cc}\p{Cf}]/u);
  const [first, second] = messages.map(({ Body = '' }): Record<string, unknown> => JSON.parse(Body));
  t.deepEqual(first, second);
  const { size: _, ...place } = object;
  t.like(first, {
    schema: 'rearview.clean/1',
    object: place,
    file: verdict.file,
    scan: verdict.scan,
    ruleset: verdict.ruleset,
  });
  t.like(messages[0]?.MessageAttributes, { bucket: { StringValue: 'corpus' }, kind: { StringValue: 'live' } });
});

test('there are only notices of live scans unless others are requested, and none about files that are not clean', async (t) => {
  const { cleanNotices, received } = await startTopic(t);
  const { sink, put, client } = await start(t, { cleanNotices });
  const object = await put('a');
  const retro = sampleVerdict({ object, scan: { id: 'r', kind: 'retro' } });
  await sink.apply(retro);
  for (const status of ['matched', 'skipped', 'failed'] as const) await sink.apply(sampleVerdict({ object, status }));
  t.is((await received()).length, 0);
  const both = createS3VerdictSink({
    ...{ client, versioned: true, cleanNotices, cleanKinds: ['live', 'retro'] },
    onProblem: t.fail,
  });
  await both.apply(retro);
  t.is((await received()).length, 1);
});

test('a failure is thrown, and prevents no other action', async (t) => {
  const { cleanNotices, received, emulator } = await startTopic(t);
  const { sink, put, tagsOf, setIntercept } = await start(t, { cleanNotices, tagObjects: true });
  const object = await put('a');

  emulator.intercept(() => snsFailure(500, 'InternalError'));
  const unsent = await t.throwsAsync(sink.apply(sampleVerdict({ object })));
  t.true(hasCode(unsent, 'ERR_ALERT_DELIVERY') && unsent.retryable);
  t.deepEqual(await tagsOf(object), ours);

  emulator.intercept(() => undefined);
  setIntercept(deniedTags);
  const untagged = await t.throwsAsync(sink.apply(sampleVerdict({ object })));
  t.true(hasCode(untagged, 'ERR_OBJECT_DENIED'));
  t.is((await received()).length, 1);

  emulator.intercept(() => snsFailure(500, 'InternalError'));
  const neither = await t.throwsAsync(sink.apply(sampleVerdict({ object })));
  t.regex(neither?.message ?? '', /corpus\/a.*AccessDenied.*Cannot publish notice /s);
  t.true(hasCode(neither, 'ERR_OBJECT_DENIED') && neither.retryable);
});

test('without a bucket for it, an object in quarantine stays and has the tag that denies reading', async (t) => {
  const { sink, put, tagsOf, quarantined } = await start(t, { quarantine: { severities: ['critical'] } });
  const object = await put('a', 'team=red');
  await sink.apply(matched(object));
  t.deepEqual(await tagsOf(object), { team: 'red', 'rearview-quarantine': 'true' });
  t.deepEqual(quarantined, [['a', critical.alertId, null]]);
});

test('other severities, and matches of an earlier scan, put nothing in quarantine', async (t) => {
  const { sink, put, tagsOf, exists } = await start(t, { quarantine: { severities: ['critical'], bucket: 'jail' } });
  const object = await put('a');
  await sink.apply(matched(object, { matches: [{ ...critical, severity: 'high' }] }));
  await sink.apply(matched(object, { matches: [] }));
  await sink.apply(sampleVerdict({ object }));
  t.deepEqual(await tagsOf(object), {});
  t.true(await exists(object));
});

test('one rule of a severity is enough, and the object names its alert', async (t) => {
  const { client, sink, put, exists, quarantined } = await start(t, {
    ...{ tagObjects: true, quarantine: { severities: ['critical'], bucket: 'jail' } },
  });
  const object = await put('a', 'team=red');
  await sink.apply(matched(object, { matches: [{ ...critical, alertId: 'b', severity: 'low' }, critical] }));
  t.false(await exists(object));
  const at = { Bucket: 'jail', Key: 'corpus/a' };
  t.is((await client.send(new HeadObjectCommand(at))).Metadata?.['rearview-alert-id'], critical.alertId);
  const { TagSet = [] } = await client.send(new GetObjectTaggingCommand(at));
  t.deepEqual(Object.fromEntries(TagSet.map(({ Key, Value }) => [Key, Value])), {
    ...{ team: 'red', 'rearview-quarantine': 'true', ...ours, 'rearview-verdict': 'matched' },
  });
  t.deepEqual(quarantined, [['a', critical.alertId, { bucket: 'jail', key: 'corpus/a' }]]);
  await sink.apply(matched(object));
  t.is(quarantined.length, 1, 'it was moved once');
});

test('an object is moved even if it cannot be tagged, or has no space for a tag', async (t) => {
  const { client, sink, put, exists, problems, setIntercept } = await start(t, {
    quarantine: { severities: ['critical'], bucket: 'jail' },
  });
  const full = await put('full');
  const TagSet = Array.from({ length: 10 }, (_, index) => ({ Key: `k${index}`, Value: 'v' }));
  await client.send(new PutObjectTaggingCommand({ Bucket: 'corpus', Key: 'full', Tagging: { TagSet } }));
  await sink.apply(matched(full));
  t.false(await exists(full));
  t.regex(problems.join(), /rearview-quarantine=true/);
  const object = await put('a');
  setIntercept(deniedTags);
  // An exception would cause another analysis, which would not find it.
  await t.notThrowsAsync(sink.apply(matched(object)));
  t.regex(problems.join(), /corpus\/a .*without its tags.*AccessDenied/);
  setIntercept((each, serve) => serve(each));
  t.false(await exists(object));
});

test('an object in the quarantine bucket stays there', async (t) => {
  const { sink, put, exists, tagsOf } = await start(t, { quarantine: { severities: ['critical'], bucket: 'jail' } });
  const object = await put('corpus/a', '', 'jail');
  await sink.apply(matched(object));
  t.true(await exists(object));
  t.deepEqual(await tagsOf(object), {});
});

test('an object too large to be moved is reported, and has the tag', async (t) => {
  const { sink, put, tagsOf, exists, problems, quarantined, setIntercept } = await start(t, {
    quarantine: { severities: ['critical'], bucket: 'jail' },
  });
  const object = await put('a');
  setIntercept(async (each, serve) => {
    const answer = await serve(each);
    const headers = { ...answer.headers, 'content-length': String(6 * 2 ** 30) };
    return each.method === 'HEAD' ? { ...answer, headers } : answer;
  });
  await sink.apply(matched(object));
  t.regex(problems.join(), /corpus\/a was not moved to jail.*Move it yourself/);
  t.deepEqual(quarantined, []);
  setIntercept((each, serve) => serve(each));
  t.true(await exists(object));
  t.like(await tagsOf(object), { 'rearview-quarantine': 'true' });
});
