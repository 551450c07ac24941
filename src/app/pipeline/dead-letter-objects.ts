import * as z from 'zod';
import { checkShape } from '../../domain/text/check-shape.ts';
import type { ScanStore } from '../../ports/scan-store.ts';

/** An object that a dead letter is about. */
export interface LetterObject {
  readonly bucket: string;
  readonly key: string;
}

const nested = z.object({ bucket: z.object({ name: z.string() }), object: z.object({ key: z.string() }) });
const own = z.object({ type: z.literal('object'), bucket: z.string(), key: z.string() });
const batch = z.object({ type: z.literal('batch'), scanId: z.string(), batchId: z.string() });
/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html */
const eventBridge = z.object({ source: z.literal('aws.s3'), detail: nested });
/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html */
const notification = z.object({ Records: z.array(z.object({ s3: nested })) });
/** https://docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html */
const envelope = z.object({ TopicArn: z.string(), Message: z.string() });

/**
 * The objects that the message of a dead letter is about, for a person who reads the list; none of a
 * message in another form.
 */
export async function deadLetterObjects(
  body: string,
  scans: Pick<ScanStore, 'getBatch'>,
): Promise<readonly LetterObject[]> {
  const json = parsed(body);
  const named = checkShape(own, json).data;
  if (named !== undefined) return [{ bucket: named.bucket, key: named.key }];
  const ofBatch = checkShape(batch, json).data;
  if (ofBatch !== undefined) {
    const found = await scans.getBatch(ofBatch.scanId, ofBatch.batchId);
    return (found?.objects ?? []).map(({ bucket, key }) => ({ bucket, key }));
  }
  const event = checkShape(eventBridge, json).data;
  if (event !== undefined) return [{ bucket: event.detail.bucket.name, key: event.detail.object.key }];
  const records = checkShape(notification, json).data?.Records ?? [];
  if (records.length > 0) {
    return records.map(({ s3 }) => ({ bucket: s3.bucket.name, key: decodeForm(s3.object.key) }));
  }
  const message = checkShape(envelope, json).data?.Message;
  return message === undefined ? [] : deadLetterObjects(message, scans);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** Keys in notifications are encoded like forms. */
function decodeForm(key: string): string {
  try {
    return decodeURIComponent(key.replaceAll('+', ' '));
  } catch {
    return key;
  }
}
