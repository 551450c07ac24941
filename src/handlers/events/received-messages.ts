import * as z from 'zod';
import { checkShape } from '../../domain/text/check-shape.ts';
import type { ReceivedMessage } from '../../ports/queue.ts';

const eventSchema = z.object({
  Records: z.array(
    z.object({
      messageId: z.string(),
      receiptHandle: z.string(),
      body: z.string(),
      eventSourceARN: z.string().default(''),
    }),
  ),
});

/** The messages of an SQS event, for calls that need their receipts; none of another event. */
export function receivedMessages(event: unknown): readonly ReceivedMessage[] {
  const { Records = [] } = checkShape(eventSchema, event).data ?? {};
  return Records.map(({ messageId: id, receiptHandle: receipt, body }) => ({
    ...{ id, receipt, body, receiveCount: 1, sentAt: '' },
  }));
}

/** The name of the queue that an SQS event came from; null for another event. */
export function queueNameOf(event: unknown): string | null {
  const { Records: [first] = [] } = checkShape(eventSchema, event).data ?? {};
  return first === undefined ? null : (first.eventSourceARN.split(':').at(-1) ?? null);
}
