import * as z from 'zod';
import { decodeFormKey } from '../../adapters/aws/s3/form-key.ts';
import { checkShape } from '../../domain/text/check-shape.ts';
import type { CorpusBucket } from '../../targets/aws/corpus-buckets.ts';
import { parseLiveDocument, parseLiveText } from './live-document.ts';
import { ignoreOutside, prefixMissed } from './outside-corpus.ts';
import { sqsRecords } from './sqs-records.ts';
import { type Delivery, type EventItem, type LiveItem, problem } from './work-items.ts';

export interface LiveEventOptions {
  /**
   * Whether the S3 object store of the buckets keeps versions (`S3ObjectStoreOptions.versioned`).
   */
  readonly versioned: boolean;
  /**
   * Buckets of which a part belongs to the corpus, with its prefix. Default: every object belongs
   * to it.
   */
  readonly corpusBuckets?: readonly CorpusBucket[];
}

/**
 * A direct invocation in the format of BinaryAlert 1.2, whose keys are form-encoded.
 *
 * https://github.com/airbnb/binaryalert/blob/master/lambda_functions/analyzer/main.py
 */
const binaryAlertSchema = z.object({ BucketName: z.string().min(1), ObjectKeys: z.array(z.string().min(1)).min(1) });
/** A direct invocation in Rearview's own format: keys are not encoded. */
const directSchema = z.object({ bucket: z.string().min(1), keys: z.array(z.string().min(1)).min(1) });

/**
 * The work in an event of the live analyzer: SQS messages with events of S3 (from S3, by SNS, by
 * EventBridge) or with messages of Rearview, a bare event of S3, or a direct invocation. Every
 * message yields at least one item, and an unknown part yields a `problem`; nothing is thrown.
 *
 * An event about an object outside the corpus is `ignored`: it was not meant to be scanned. A
 * direct invocation with such a key gets a `problem`.
 */
export function parseLiveEvent(event: unknown, options: LiveEventOptions): readonly LiveItem[] {
  const { corpusBuckets = [] } = options;
  const records = sqsRecords(event);
  if (records === null) {
    return delivered(parseDirect(event, { ...options, corpusBuckets }), { messageId: null, receiveCount: 1 });
  }
  return records.flatMap((record): readonly LiveItem[] => {
    if (record.messageId === null) return [{ type: 'problem', ...record, receiveCount: 1 }];
    const { messageId, receiveCount, body } = record;
    const items = parseLiveText(body, options).map((each) => ignoreOutside(each, corpusBuckets));
    return delivered(items, { messageId, receiveCount });
  });
}

function parseDirect(event: unknown, options: Required<LiveEventOptions>): readonly EventItem[] {
  const { corpusBuckets } = options;
  const binaryAlert = checkShape(binaryAlertSchema, event).data;
  if (binaryAlert !== undefined) {
    const { BucketName: bucket, ObjectKeys: keys } = binaryAlert;
    return keys.map((encoded): EventItem => {
      const key = decodeFormKey(encoded);
      if (key === null) return problem(`A key in ${bucket} is not form-encoded UTF-8.`, encoded);
      return namedObject(bucket, key, corpusBuckets);
    });
  }
  const direct = checkShape(directSchema, event).data;
  if (direct !== undefined) {
    return direct.keys.map((key) => namedObject(direct.bucket, key, corpusBuckets));
  }
  return parseLiveDocument(event, options).map((each) => ignoreOutside(each, corpusBuckets));
}

function namedObject(bucket: string, key: string, corpusBuckets: readonly CorpusBucket[]): EventItem {
  const prefix = prefixMissed({ bucket, key }, corpusBuckets);
  if (prefix === null) return { type: 'object', object: { bucket, key } };
  return problem(`The corpus only has keys of ${bucket} that begin with ${prefix}, and this key does not.`, key);
}

function delivered(items: readonly EventItem[], delivery: Delivery): readonly LiveItem[] {
  return items.map((each) => ({ ...each, ...delivery }));
}
