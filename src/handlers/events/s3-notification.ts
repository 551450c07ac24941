import * as z from 'zod';
import { decodeFormKey } from '../../adapters/aws/s3/form-key.ts';
import { uploaderOf } from '../../adapters/stored/uploader.ts';
import { checkShape, describeIssues } from '../../domain/text/check-shape.ts';
import { arrivedObject } from './arrived-object.ts';
import { type EventItem, type IgnoredReason, jsonOf, problem } from './work-items.ts';

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html */
const recordSchema = z.object({
  eventName: z.string(),
  eventTime: z.iso.datetime({ offset: true }),
  // The object is scanned even if these are invalid.
  userIdentity: z.object({ principalId: z.unknown().optional() }).optional().catch(undefined),
  requestParameters: z.object({ sourceIPAddress: z.unknown().optional() }).optional().catch(undefined),
  s3: z.object({
    bucket: z.object({ name: z.string().min(1) }),
    object: z.object({
      key: z.string().min(1),
      size: z.number().int().nonnegative().nullish(),
      eTag: z.string().nullish(),
      versionId: z.string().nullish(),
    }),
  }),
});

/**
 * The name of every event; those that are not `scanned` have nothing new to scan. The first that
 * fits decides.
 */
const meanings: readonly (readonly [RegExp, 'arrived' | 'restored' | IgnoredReason])[] = [
  [/^ObjectCreated:/, 'arrived'],
  [/^ObjectRestore:Completed$/, 'restored'],
  [/^ObjectRestore:Post$/, 'restore_started'],
  [/^ObjectRestore:Delete$/, 'restore_expired'],
  [/^(ObjectRemoved|LifecycleExpiration):/, 'deleted'],
  [/^(LifecycleTransition$|IntelligentTiering)/, 'storage_class_changed'],
  [/^(ObjectTagging|ObjectAcl):/, 'attributes_changed'],
  [/^Replication:/, 'replication'],
  [/^ReducedRedundancyLostObject$/, 'lost'],
];

/** Parses one of the `Records` of an S3 event notification. */
export function parseS3Record(record: unknown, options: { readonly versioned: boolean }): EventItem {
  const parsed = checkShape(recordSchema, record);
  if (!parsed.success) {
    return problem(`A record is not an S3 event record: ${describeIssues(parsed.error)}.`, jsonOf(record));
  }
  const { eventName: named, eventTime, userIdentity, requestParameters, s3 } = parsed.data;
  // Stores other than AWS keep the prefix that the configuration has.
  const eventName = named.replace(/^s3:/, '');
  const meaning = meanings.find(([pattern]) => pattern.test(eventName))?.[1] ?? 'other_event';
  const { key: encoded, eTag: etag, versionId, size } = s3.object;
  const bucket = s3.bucket.name;
  if (meaning !== 'arrived' && meaning !== 'restored') {
    return {
      type: 'ignored',
      reason: meaning,
      detail: `${eventName} of ${bucket}/${decodeFormKey(encoded) ?? encoded}`,
    };
  }
  const key = decodeFormKey(encoded);
  if (key === null) return problem(`The key of ${eventName} in ${bucket} is not form-encoded UTF-8.`, encoded);
  // A restored object arrived long before, and its restorer need not be its uploader.
  const arrival =
    meaning === 'arrived'
      ? { arrivedAt: eventTime, ...uploaderOf(userIdentity?.principalId, requestParameters?.sourceIPAddress) }
      : {};
  return {
    type: 'object',
    object: arrivedObject({ bucket, key, etag, versionId, size, ...arrival }, options),
  };
}
