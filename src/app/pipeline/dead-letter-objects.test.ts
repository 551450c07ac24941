import test from 'ava';
import { deadLetterObjects } from './dead-letter-objects.ts';

const scans = { getBatch: async () => null };
const one = [{ bucket: 'corpus', key: 'mail/a b.exe' }];
const s3 = { bucket: { name: 'corpus' }, object: { key: 'mail/a+b.exe' } };
const detail = { bucket: { name: 'corpus' }, object: { key: 'mail/a b.exe' } };

for (const [name, message] of [
  ['of Rearview', { type: 'object', bucket: 'corpus', key: 'mail/a b.exe', version: 'v', size: 1, arrivedAt: '' }],
  ['of EventBridge', { source: 'aws.s3', 'detail-type': 'Object Created', detail }],
  ['of S3', { Records: [{ eventSource: 'aws:s3', s3 }] }],
  ['of SNS', { Type: 'Notification', TopicArn: 't', Message: JSON.stringify({ Records: [{ s3 }] }) }],
] as const) {
  test(`the objects of a dead letter are named by its message ${name}`, async (t) => {
    t.deepEqual(await deadLetterObjects(JSON.stringify(message), scans), one);
  });
}

test('the objects of a batch are those of the scan store', async (t) => {
  const objects = one.map((each) => ({ ...each, version: 'v', size: 1, arrivedAt: '2026-01-01T00:00:00Z' }));
  const stored = { getBatch: async () => ({ scanId: 's', batchId: 'b', rulesetId: 'r', objects }) };
  const body = JSON.stringify({ type: 'batch', scanId: 's', batchId: 'b' });
  t.deepEqual(await deadLetterObjects(body, stored), one);
  t.deepEqual(await deadLetterObjects(body, scans), []);
});

test('another message names none', async (t) => {
  for (const body of ['', '{', 'null', '[]', '{"no": "event"}', '{"Records": [{}]}']) {
    t.deepEqual(await deadLetterObjects(body, scans), [], body);
  }
});
