import { RearviewError } from '../../../domain/errors.ts';

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html */
export const maxBatchEntries = 10;
/**
 * Maximum bytes of UTF-8 of one message, and of all messages of one request. Queues may be
 * configured for up to 1 MiB; every queue and every consumer accepts this much.
 */
export const maxMessageBytes = 262_144;

/**
 * Packs bodies into requests of `SendMessageBatch`, in their order, each as full as the limits of
 * SQS allow.
 *
 * @throws RearviewError `ERR_CONFIG` for a body that SQS refuses: empty, or above `maxMessageBytes`
 */
export function packForSqs(bodies: readonly string[]): readonly (readonly string[])[] {
  const batches: string[][] = [];
  let last: string[] = [];
  let bytes = 0;
  for (const body of bodies) {
    const size = sizeOf(body);
    if (last.length === 0 || last.length === maxBatchEntries || bytes + size > maxMessageBytes) {
      last = [];
      batches.push(last);
      bytes = 0;
    }
    last.push(body);
    bytes += size;
  }
  return batches;
}

function sizeOf(body: string): number {
  const size = Buffer.byteLength(body);
  if (size > 0 && size <= maxMessageBytes) return size;
  throw new RearviewError(
    'ERR_CONFIG',
    `Cannot send a message of ${size} bytes: SQS accepts 1 to ${maxMessageBytes}. It starts with "${body.slice(0, 80)}"; pack fewer objects into one message.`,
  );
}
