import * as z from 'zod';
import { uploaderOf } from '../../adapters/stored/uploader.ts';
import { checkShape, describeIssues } from '../../domain/text/check-shape.ts';
import { arrivedObject } from './arrived-object.ts';
import { type EventItem, type IgnoredReason, jsonOf, problem } from './work-items.ts';

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html */
const eventSchema = z.object({
  'detail-type': z.string(),
  time: z.iso.datetime({ offset: true }),
  detail: z.object({
    requester: z.unknown().optional(),
    'source-ip-address': z.unknown().optional(),
    bucket: z.object({ name: z.string().min(1) }),
    object: z.object({
      key: z.string().min(1),
      size: z.number().int().nonnegative().nullish(),
      etag: z.string().nullish(),
      'version-id': z.string().nullish(),
    }),
  }),
});

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/EventBridge.html */
const meanings: ReadonlyMap<string, 'arrived' | 'restored' | IgnoredReason> = new Map([
  ['Object Created', 'arrived'],
  ['Object Restore Completed', 'restored'],
  ['Object Restore Initiated', 'restore_started'],
  ['Object Restore Expired', 'restore_expired'],
  ['Object Deleted', 'deleted'],
  ['Object Storage Class Changed', 'storage_class_changed'],
  ['Object Access Tier Changed', 'storage_class_changed'],
  ['Object ACL Updated', 'attributes_changed'],
  ['Object Tags Added', 'attributes_changed'],
  ['Object Tags Deleted', 'attributes_changed'],
]);

/**
 * Parses an event of S3 that came through EventBridge. Unlike in S3 event notifications, the key is
 * not encoded.
 */
export function parseEventBridgeEvent(event: unknown, options: { readonly versioned: boolean }): EventItem {
  const type = checkShape(z.object({ 'detail-type': z.string() }), event);
  const meaning = meanings.get(type.data?.['detail-type'] ?? '') ?? 'other_event';
  // Events that are not about an object, such as a call that CloudTrail reports, have other fields.
  if (type.success && meaning === 'other_event') {
    return { type: 'ignored', reason: meaning, detail: type.data['detail-type'] };
  }
  const parsed = checkShape(eventSchema, event);
  if (!parsed.success) {
    return problem(`The message is not an S3 event from EventBridge: ${describeIssues(parsed.error)}.`, jsonOf(event));
  }
  const { 'detail-type': name, time, detail } = parsed.data;
  const { key, size, etag, 'version-id': versionId } = detail.object;
  const bucket = detail.bucket.name;
  if (meaning !== 'arrived' && meaning !== 'restored') {
    return { type: 'ignored', reason: meaning, detail: `${name} of ${bucket}/${key}` };
  }
  // A restored object arrived long before, and its restorer need not be its uploader.
  const arrival =
    meaning === 'arrived' ? { arrivedAt: time, ...uploaderOf(detail.requester, detail['source-ip-address']) } : {};
  return {
    type: 'object',
    object: arrivedObject({ bucket, key, etag, versionId, size, ...arrival }, options),
  };
}
