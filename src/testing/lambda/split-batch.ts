import type { SqsMessage } from './sqs-event.ts';

/**
 * Splits a batch whose event would exceed `maxBytes`, as Lambda closes a batch at 6 MB. A message
 * that is too large is a batch of its own.
 */
export function splitBatch(messages: readonly SqsMessage[], maxBytes: number): readonly (readonly SqsMessage[])[] {
  const batches: SqsMessage[][] = [];
  let size = Number.POSITIVE_INFINITY;
  for (const message of messages) {
    const bytes = Buffer.byteLength(JSON.stringify(message));
    if (size + bytes > maxBytes) {
      batches.push([]);
      size = 0;
    }
    size += bytes;
    batches.at(-1)?.push(message);
  }
  return batches;
}
