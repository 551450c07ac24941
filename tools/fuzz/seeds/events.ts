import { previewEvent } from '../../../src/targets/aws/preview-event.ts';
import { previewRequest } from '../../../src/testing/local/preview-request.ts';
import {
  eventBridgeEvent,
  s3Notification,
  s3TestEvent,
  snsEnvelope,
  sqsEvent,
} from '../../../src/testing/s3/s3-events.ts';

const object = { bucket: 'corpus', key: 'in/a b+ü.txt' };
const own = {
  type: 'object',
  bucket: 'corpus',
  key: 'in/a',
  version: 'v1',
  size: 3,
  arrivedAt: '2026-01-02T03:04:05.000Z',
};
const batch = { type: 'batch', scanId: 'retro-1', batchId: 'b1', since: '2026-01-02T03:04:05.000Z' };

/** Messages of the live queue, in all their forms, and of the retro queue. */
export const messages: readonly string[] = [
  s3Notification(object, { ...object, key: 'other', versionId: 'v2' }),
  s3Notification(
    { ...object, eventName: 'ObjectRestore:Completed' },
    { ...object, eventName: 's3:ObjectRemoved:Delete' },
  ),
  eventBridgeEvent({ ...object, versionId: 'v3' }),
  eventBridgeEvent({ ...object, detailType: 'Object Tags Added' }),
  snsEnvelope(s3Notification(object)),
  snsEnvelope(snsEnvelope(eventBridgeEvent(object))),
  s3TestEvent('corpus'),
  JSON.stringify(own),
  JSON.stringify(batch),
];

/** Events of Lambda. */
export const invocations: readonly string[] = [
  JSON.stringify(sqsEvent(...messages)),
  JSON.stringify(sqsEvent(messages[0] ?? '')),
  ...messages,
  JSON.stringify({ BucketName: 'corpus', ObjectKeys: ['in/a+b', '%ff'] }),
  JSON.stringify({ bucket: 'corpus', keys: ['in/a', 'b'] }),
];

/** Events of the batcher's alias for pull requests. */
export function previewEvents(): readonly string[] {
  const source = 'rule a { strings: $a = "x" condition: $a }';
  const request = previewRequest(
    { now: { 'a.yar': source }, before: { 'a.yar': source } },
    { scanId: 'preview-20260102T030405-0123456789ab' },
  );
  const event = Buffer.from(previewEvent(request)).toString();
  return [event, JSON.stringify({ cancelPreview: request.scanId })];
}

/** Fields and values of events. */
export const eventWords: readonly string[] = [
  ...[
    'Records',
    'eventSource',
    'aws:sqs',
    'messageId',
    'body',
    'attributes',
    'ApproximateReceiveCount',
    'eventName',
    'eventTime',
  ],
  ...[
    's3',
    'bucket',
    'name',
    'object',
    'key',
    'size',
    'eTag',
    'versionId',
    'Type',
    'Notification',
    'Message',
    'TopicArn',
  ],
  ...[
    'SubscriptionConfirmation',
    'Event',
    's3:TestEvent',
    'Bucket',
    'source',
    'aws.s3',
    'detail-type',
    'Object Created',
    'detail',
    'type',
  ],
  ...[
    'ObjectCreated:Put',
    'ObjectRestore:Completed',
    'BucketName',
    'ObjectKeys',
    'keys',
    'batch',
    'scanId',
    'corpus',
    'in/',
    '+',
    '%2F',
  ],
  ...[
    '2026-01-02T03:04:05.678Z',
    '9999-12-31T23:59:59-23:59',
    '0000-01-01T00:00:00+23:59',
    '-000001-01-01T00:00:00Z',
    'null',
  ],
];
