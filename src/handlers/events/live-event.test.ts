import test from 'ava';
import fc from 'fast-check';
import { createS3ObjectStore } from '../../adapters/aws/s3/s3-object-store.ts';
import { batchDue, objectArrived } from '../../app/pipeline/messages.ts';
import { runs } from '../../testing/runs.ts';
import { startS3Emulator } from '../../testing/s3/s3-emulator.ts';
import {
  encodeS3Key,
  eventBridgeEvent,
  s3Notification,
  s3Record,
  s3TestEvent,
  snsEnvelope,
  sqsEvent,
} from '../../testing/s3/s3-events.ts';
import { parseLiveEvent } from './live-event.ts';
import { parseRetroEvent } from './retro-event.ts';
import { knownInfo, type LiveItem } from './work-items.ts';

const options = { versioned: false };
const etag = 'b1946ac92492d2347c6235b4d2611184';
const object = { bucket: 'corpus', key: 'a b+c%20/ü' };

function keysOf(items: readonly LiveItem[]): readonly string[] {
  return items.map((each) => (each.type === 'object' ? each.object.key : each.type));
}

test('an upload is work, whichever form of event S3 sends', (t) => {
  const arrived = {
    ...{ bucket: 'corpus', key: 'a b+c%20/ü', version: `etag:"${etag}"`, size: 5 },
    arrivedAt: '2026-01-02T03:04:05.000Z',
  };
  const notice = s3Notification(object);
  const bridged = eventBridgeEvent(object);
  const byUser = { principal: 'AWS:AIDAINPONIXQXHT3IKHL2', address: '205.255.255.255' };
  const byAccount = { principal: '123456789012', address: '1.2.3.4' };
  for (const [body, uploadedBy] of [
    [notice, byUser],
    [snsEnvelope(notice), byUser],
    [bridged, byAccount],
    [snsEnvelope(bridged), byAccount],
  ] as const) {
    t.deepEqual(parseLiveEvent(sqsEvent({ body, messageId: 'm', receiveCount: 3 }), options), [
      { type: 'object', object: { ...arrived, uploadedBy }, messageId: 'm', receiveCount: 3 },
    ]);
  }
  for (const [body, uploadedBy] of [
    [notice, byUser],
    [bridged, byAccount],
  ] as const) {
    t.deepEqual(parseLiveEvent(JSON.parse(body), options), [
      { type: 'object', object: { ...arrived, uploadedBy }, messageId: null, receiveCount: 1 },
    ]);
  }
});

test('an uploader that no service would name is left out, and the object is scanned all the same', (t) => {
  const strange = ['', 'x'.repeat(257), 'AWS:a\nb', 'ü', '\u202e', 7, null, undefined, { toString: 'x' }, ['a']];
  const [record] = JSON.parse(s3Notification(object)).Records;
  const bridged = JSON.parse(eventBridgeEvent(object));
  const uploaders = (event: unknown) =>
    parseLiveEvent(event, options).map((item) => (item.type === 'object' ? item.object.uploadedBy : item.type));
  for (const each of strange) {
    t.deepEqual(uploaders({ Records: [{ ...record, userIdentity: { principalId: each } }] }), [undefined]);
    t.deepEqual(uploaders({ Records: [{ ...record, userIdentity: each, requestParameters: each }] }), [undefined]);
    t.deepEqual(uploaders({ ...bridged, detail: { ...bridged.detail, requester: each } }), [undefined]);
    const withAddress = { ...record, requestParameters: { sourceIPAddress: each } };
    t.deepEqual(uploaders({ Records: [withAddress] }), [{ principal: 'AWS:AIDAINPONIXQXHT3IKHL2' }]);
  }
});

test('the restorer of an archived object is not taken for its uploader', (t) => {
  for (const body of [
    s3Notification({ ...object, eventName: 'ObjectRestore:Completed' }),
    eventBridgeEvent({ ...object, detailType: 'Object Restore Completed' }),
  ]) {
    const [item] = parseLiveEvent(sqsEvent(body), options);
    t.is(item?.type, 'object');
    t.is(item?.type === 'object' ? item.object.uploadedBy : null, undefined);
  }
});

test('a message of Rearview is work without a look-up', (t) => {
  const info = { ...object, version: 'v', size: 7, arrivedAt: '2026-01-01T00:00:00.000Z' };
  const [item] = parseLiveEvent(sqsEvent(objectArrived(info)), options);
  t.like(item, { type: 'object', object: info, messageId: 'm1' });
  t.deepEqual(item?.type === 'object' ? knownInfo(item.object) : null, info);
});

test('a direct invocation names keys, encoded in the format of BinaryAlert and plain in our own; the rest must be looked up', (t) => {
  const binaryAlert = { BucketName: 'corpus', EnableSNSAlerts: false, ObjectKeys: ['a+b%2Bc', 'd'] };
  t.deepEqual(parseLiveEvent(binaryAlert, options), [
    {
      type: 'object',
      object: { bucket: 'corpus', key: 'a b+c' },
      messageId: null,
      receiveCount: 1,
    },
    { type: 'object', object: { bucket: 'corpus', key: 'd' }, messageId: null, receiveCount: 1 },
  ]);
  const [direct] = parseLiveEvent({ bucket: 'corpus', keys: ['a+b%2Bc'] }, options);
  t.like(direct, { object: { bucket: 'corpus', key: 'a+b%2Bc' } });
  t.is(direct?.type === 'object' ? knownInfo(direct.object) : 'item', null);
});

test('several objects of one message are separate items, which belong to that message', (t) => {
  const body = s3Notification({ bucket: 'corpus', key: 'a' }, { bucket: 'corpus', key: 'b' });
  const items = parseLiveEvent(sqsEvent(body, s3Notification({ bucket: 'corpus', key: 'c' })), options);
  t.deepEqual(
    items.map(({ messageId }) => messageId),
    ['m1', 'm1', 'm2'],
  );
  t.deepEqual(keysOf(items), ['a', 'b', 'c']);
});

test('a restored object is work, and its time of arrival must be looked up', (t) => {
  const notice = s3Notification({ ...object, eventName: 'ObjectRestore:Completed' });
  const bridged = eventBridgeEvent({ ...object, detailType: 'Object Restore Completed' });
  for (const item of parseLiveEvent(sqsEvent(notice, bridged), options)) {
    t.like(item, { type: 'object', object: { ...object, version: `etag:"${etag}"`, size: 5 } });
    t.true(item.type === 'object' && item.object.arrivedAt === undefined && knownInfo(item.object) === null);
  }
});

test('an event without anything new to scan is ignored, with the reason', (t) => {
  const reasons = {
    'ObjectRemoved:Delete': 'deleted',
    'ObjectRemoved:DeleteMarkerCreated': 'deleted',
    'LifecycleExpiration:Delete': 'deleted',
    'ObjectRestore:Post': 'restore_started',
    'ObjectRestore:Delete': 'restore_expired',
    LifecycleTransition: 'storage_class_changed',
    IntelligentTiering: 'storage_class_changed',
    'ObjectTagging:Put': 'attributes_changed',
    'ObjectAcl:Put': 'attributes_changed',
    'Replication:OperationFailedReplication': 'replication',
    ReducedRedundancyLostObject: 'lost',
    'ObjectSung:Loudly': 'other_event',
  };
  for (const [eventName, reason] of Object.entries(reasons)) {
    const [item, ...rest] = parseLiveEvent(sqsEvent(s3Notification({ ...object, eventName })), options);
    t.like(item, { type: 'ignored', reason, messageId: 'm1', detail: `${eventName} of corpus/a b+c%20/ü` }, eventName);
    t.is(rest.length, 0);
  }
  const types = {
    'Object Deleted': 'deleted',
    'Object Restore Initiated': 'restore_started',
    'Object Restore Expired': 'restore_expired',
    'Object Storage Class Changed': 'storage_class_changed',
    'Object Access Tier Changed': 'storage_class_changed',
    'Object ACL Updated': 'attributes_changed',
    'Object Tags Added': 'attributes_changed',
    'Object Tags Deleted': 'attributes_changed',
    'AWS API Call via CloudTrail': 'other_event',
  };
  for (const [detailType, reason] of Object.entries(types)) {
    const [item] = parseLiveEvent(sqsEvent(eventBridgeEvent({ ...object, detailType })), options);
    t.like(item, { type: 'ignored', reason, messageId: 'm1' }, detailType);
  }
});

test('event names may have the prefix that other stores give them', (t) => {
  const [item] = parseLiveEvent(sqsEvent(s3Notification({ ...object, eventName: 's3:ObjectCreated:Put' })), options);
  t.like(item, { type: 'object', object });
});

test('a message without a receive count was received once', (t) => {
  const [record] = sqsEvent(s3Notification(object)).Records;
  for (const attributes of [undefined, {}, { ApproximateReceiveCount: 'x' }]) {
    t.like(parseLiveEvent({ Records: [{ ...record, attributes }] }, options)[0], { type: 'object', receiveCount: 1 });
  }
});

test('the test event of S3 is not work, direct or through SNS', (t) => {
  for (const item of parseLiveEvent(sqsEvent(s3TestEvent('corpus'), snsEnvelope(s3TestEvent('corpus'))), options)) {
    t.like(item, { type: 'ignored', reason: 'test_event', detail: 's3:TestEvent of corpus' });
  }
});

test('an unreadable part is a problem of its message only', (t) => {
  const bad = [
    'not json',
    '',
    'null',
    '[]',
    '7',
    '{}',
    '{"Records":[]}',
    '{"Records":{}}',
    '{"Records":[7]}',
    '{"type":"object","bucket":"b"}',
    '{"type":"other"}',
    '{"source":"aws.s3"}',
    '{"source":"aws.ec2","detail-type":"Object Created"}',
    snsEnvelope('not json'),
    snsEnvelope('{}'),
    JSON.stringify({ ...JSON.parse(snsEnvelope('{}')), Type: 'SubscriptionConfirmation' }),
    JSON.stringify({ ...JSON.parse(snsEnvelope('{}')), Message: 7 }),
    batchDue({ scanId: 's', batchId: 'b' }),
    s3Notification({ ...object, size: -1 }),
    s3Notification({ ...object, key: '' }),
    s3Notification({ ...object, eventTime: 'yesterday' }),
    s3Notification(object).replace('%2520', '%ZZ'),
    s3Notification(object).replace('%C3', '%FF'),
    eventBridgeEvent({ ...object, size: 1.5 }),
  ];
  const good = s3Notification({ bucket: 'corpus', key: 'good' });
  const items = parseLiveEvent(sqsEvent(...bad, good), options);
  t.is(items.length, bad.length + 1);
  for (const [index, body] of bad.entries()) {
    const item = items[index];
    t.is(item?.type, 'problem', body);
    t.is(item?.messageId, `m${index + 1}`);
  }
  t.is(keysOf(items).at(-1), 'good');
});

test('a bad record of a message is a problem next to its good ones', (t) => {
  const body = JSON.stringify({ Records: [s3Record({ bucket: 'corpus', key: 'a' }), { eventName: 'x' }] });
  const items = parseLiveEvent(sqsEvent(body), options);
  t.deepEqual(keysOf(items), ['a', 'problem']);
  t.deepEqual(new Set(items.map(({ messageId }) => messageId)), new Set(['m1']));
});

test('an unknown event is a problem without a message', (t) => {
  for (const event of [undefined, null, 'x', {}, { Records: [] }, { Records: 'x' }, { bucket: 'b', keys: [] }]) {
    const items = parseLiveEvent(event, options);
    t.is(items.length, 1);
    t.like(items[0], { type: 'problem', messageId: null });
  }
  const [item] = parseLiveEvent({ Records: [{ eventSource: 'aws:sqs', body: '{}' }] }, options);
  t.like(item, { type: 'problem', messageId: null });
  const [named] = parseLiveEvent({ BucketName: 'b', ObjectKeys: ['%ZZ'] }, options);
  t.like(named, { type: 'problem', messageId: null });
});

test('no input throws, and no message is lost', (t) => {
  const bodies = fc.oneof(
    fc.json(),
    fc.string(),
    fc.json().map(snsEnvelope),
    fc.json().map((each) => `{"Records":[${each}]}`),
  );
  fc.assert(
    fc.property(fc.array(bodies, { minLength: 1, maxLength: 5 }), (all) => {
      const ids = new Set(parseLiveEvent(sqsEvent(...all), options).map(({ messageId }) => messageId));
      t.deepEqual(ids, new Set(all.map((_, index) => `m${index + 1}`)));
    }),
  );
  fc.assert(fc.property(fc.jsonValue(), (event) => t.true(parseLiveEvent(event, options).length > 0)));
});

const piece = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom('%', '%2B', '+', ' ', '/', '//', '\0', '\ufeff', '\u{1f600}', '&', '"', '\\', '\n', '..', '~', "'"),
);
const keys = fc
  .oneof(
    fc.array(piece, { minLength: 1 }).map((all) => all.join('')),
    fc.constant('ü'.repeat(512)),
  )
  .filter((key) => key !== '' && Buffer.byteLength(key) <= 1024);

test('every key that S3 accepts is read exactly', (t) => {
  fc.assert(
    fc.property(keys, (key) => {
      const one = { bucket: 'corpus', key };
      const all = [s3Notification(one), snsEnvelope(s3Notification(one)), eventBridgeEvent(one)];
      for (const found of keysOf(parseLiveEvent(sqsEvent(...all), options))) t.is(found, key);
      t.deepEqual(keysOf(parseLiveEvent({ bucket: 'corpus', keys: [key] }, options)), [key]);
      t.deepEqual(keysOf(parseLiveEvent({ BucketName: 'corpus', ObjectKeys: [encodeS3Key(key)] }, options)), [key]);
    }),
    { numRuns: runs(300) },
  );
});

test('keys are encoded as S3 encodes them', (t) => {
  // As measured: https://github.com/brekkylab/backlot/issues/178
  t.is(encodeS3Key('a b.txt'), 'a+b.txt');
  t.is(encodeS3Key('a+b.txt'), 'a%2Bb.txt');
  t.is(encodeS3Key('100%.csv'), '100%25.csv');
  t.is(encodeS3Key('한글/x.txt'), '%ED%95%9C%EA%B8%80/x.txt');
});

for (const versioned of [true, false]) {
  test(`the version is the one that head names, in a store that keeps ${versioned ? 'versions' : 'none'}`, async (t) => {
    const emulator = await startS3Emulator(t, { versioned });
    const store = createS3ObjectStore({ ...emulator, versioned });
    const head = await store.put('a', new TextEncoder().encode('hello\n'));
    t.deepEqual(await store.head({ key: 'a' }), head);
    const versionId = versioned ? head.version : 'ignored-where-the-store-keeps-none';
    const one = { bucket: store.bucket, key: 'a', size: head.size, versionId };
    const items = parseLiveEvent(sqsEvent(s3Notification(one), eventBridgeEvent(one)), { ...options, versioned });
    for (const item of items) t.like(item, { object: { version: head.version, size: head.size } });
    t.is(items.length, 2);
  });
}

test('an object from before the bucket kept versions, or without an ETag, has the known version', (t) => {
  const versioned = { ...options, versioned: true };
  const version = (text: string, its = versioned) => {
    const [item] = parseLiveEvent(JSON.parse(text), its);
    return item?.type === 'object' ? item.object.version : item;
  };
  t.is(version(s3Notification(object)), `etag:"${etag}"`);
  t.is(version(s3Notification({ ...object, versionId: 'null' })), `etag:"${etag}"`);
  t.is(version(s3Notification({ ...object, versionId: 'v' }).replace('"eTag"', '"x"')), 'v');
  t.is(version(s3Notification(object).replace('"eTag"', '"x"')), undefined);
  t.is(version(s3Notification({ ...object, versionId: 'v' }).replace('"eTag"', '"x"'), options), undefined);
  t.is(version(s3Notification({ ...object, versionId: '', etag: '' })), undefined);
});

test('an object outside the prefix of its bucket is ignored in an event, and a problem in a direct invocation', (t) => {
  const corpusBuckets = [
    { name: 'corpus', prefix: '' },
    { name: 'mail', prefix: 'in/' },
  ];
  const read = (event: unknown) => parseLiveEvent(event, { ...options, corpusBuckets });
  const [inside, outside] = [
    { bucket: 'mail', key: 'in/a b' },
    { bucket: 'mail', key: 'in' },
  ];
  const forms = (of: typeof inside) => {
    const [notice, bridged] = [s3Notification(of), eventBridgeEvent(of)];
    const ours = objectArrived({ ...of, version: 'v', size: 1, arrivedAt: '2026-01-01T00:00:00.000Z' });
    return [...[notice, snsEnvelope(bridged), bridged, ours].map((body) => sqsEvent(body)), JSON.parse(bridged)];
  };
  for (const event of forms(inside)) t.deepEqual(keysOf(read(event)), ['in/a b']);
  for (const event of forms(outside)) {
    t.like(read(event), {
      length: 1,
      0: { type: 'ignored', reason: 'outside_corpus', detail: 'mail/in does not begin with in/' },
    });
  }
  t.deepEqual(keysOf(read(sqsEvent(s3Notification(inside, outside)))), ['in/a b', 'ignored']);
  for (const event of [
    { bucket: 'mail', keys: ['in/a', 'out'] },
    { BucketName: 'mail', ObjectKeys: ['in%2Fa', 'out'] },
  ]) {
    t.deepEqual(keysOf(read(event)), ['in/a', 'problem']);
  }
  for (const bucket of ['corpus', 'unknown']) {
    t.deepEqual(keysOf(read(sqsEvent(s3Notification({ bucket, key: 'x' })))), ['x'], 'it fails where it is looked for');
  }
});

test('a message that is nested deeper than the stack, or has callable fields, is a separate problem', (t) => {
  const deep = '['.repeat(50_000) + ']'.repeat(50_000);
  const calls = '{"toString":1,"valueOf":1}';
  const length = `{"length":${calls}}`;
  const hostile = [
    deep,
    `{"type":${deep}}`,
    `{"Records":[${deep}]}`,
    `{"source":"aws.s3","detail-type":"Object Created","detail":${deep}}`,
    `{"Records":[{"eventName":"ObjectCreated:Put","eventTime":"2026-01-02T03:04:05Z","s3":{"bucket":{"name":${length}},"object":{"key":"a"}}}]}`,
    `{"source":"aws.s3","detail-type":"Object Created","time":"2026-01-02T03:04:05Z","detail":{"bucket":{"name":${length}},"object":{"key":"a"}}}`,
    ...[deep, calls, length].flatMap((value) => [
      `{"Event":"s3:TestEvent","Bucket":${value}}`,
      `{"Type":${value},"TopicArn":"x"}`,
      `{"Type":"SubscriptionConfirmation","TopicArn":${value}}`,
    ]),
  ];
  const items = parseLiveEvent(sqsEvent(...hostile, s3Notification(object)), options);
  t.is(items.length, hostile.length + 1);
  t.deepEqual(keysOf(items.slice(-1)), [object.key]);
  for (const body of hostile) t.is(parseRetroEvent(JSON.parse(body)).length, 1);
});
