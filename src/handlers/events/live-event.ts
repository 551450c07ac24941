import { z } from 'zod';
import { decodeFormKey } from '../../adapters/aws/form-key.ts';
import { parseLiveDocument, parseLiveText } from './live-document.ts';
import { sqsRecords } from './sqs-records.ts';
import { type Delivery, type Finding, type LiveItem, problem } from './work-items.ts';

export interface LiveEventOptions {
  /** Whether the S3 object store of the buckets keeps versions (`S3ObjectStoreOptions.versioned`). */
  readonly versioned: boolean;
  /** Of the invocation: names the work of an event that came without a queue. */
  readonly requestId: string;
}

/**
 * A direct invocation in the manner of BinaryAlert 1.2, whose keys are form-encoded.
 *
 * https://github.com/airbnb/binaryalert/blob/master/lambda_functions/analyzer/main.py
 */
const binaryAlertSchema = z.object({ BucketName: z.string().min(1), ObjectKeys: z.array(z.string().min(1)).min(1) });
/** A direct invocation in our own manner: keys as they are. */
const directSchema = z.object({ bucket: z.string().min(1), keys: z.array(z.string().min(1)).min(1) });

/**
 * The work in an event of the live analyzer: SQS messages with events of S3 (from S3, by SNS, by EventBridge) or with messages of our own, a bare
 * event of S3, or a direct invocation. Every message comes to at least one item, and what cannot be understood to a `problem`; nothing is thrown.
 */
export function parseLiveEvent(event: unknown, options: LiveEventOptions): readonly LiveItem[] {
  const records = sqsRecords(event);
  if (records === null) {
    const whole = { messageId: null, deliveryId: options.requestId, receiveCount: 1 };
    return stamped(parseDirect(event, options), whole);
  }
  return records.flatMap((record): readonly LiveItem[] => {
    if (record.messageId === null)
      return [{ type: 'problem', ...record, deliveryId: options.requestId, receiveCount: 1 }];
    const { messageId, receiveCount, body } = record;
    return stamped(parseLiveText(body, options), { messageId, deliveryId: messageId, receiveCount });
  });
}

function parseDirect(event: unknown, options: LiveEventOptions): readonly Finding[] {
  const binaryAlert = binaryAlertSchema.safeParse(event).data;
  if (binaryAlert !== undefined) {
    const { BucketName: bucket, ObjectKeys: keys } = binaryAlert;
    return keys.map((encoded): Finding => {
      const key = decodeFormKey(encoded);
      if (key === null) return problem(`A key in ${bucket} is not form-encoded UTF-8.`, encoded);
      return { type: 'object', object: { bucket, key } };
    });
  }
  const direct = directSchema.safeParse(event).data;
  if (direct !== undefined) {
    return direct.keys.map((key) => ({ type: 'object', object: { bucket: direct.bucket, key } }));
  }
  return parseLiveDocument(event, options);
}

/** Several objects of one message are reported each by itself, or the last would replace the others in the ledger. */
function stamped(findings: readonly Finding[], delivery: Delivery): readonly LiveItem[] {
  if (findings.length === 1) return findings.map((each) => ({ ...each, ...delivery }));
  return findings.map((each, index) => ({ ...each, ...delivery, deliveryId: `${delivery.deliveryId}#${index + 1}` }));
}
