import { z } from 'zod';
import { checkShape } from '../domain/text/check-shape.ts';
import type { Queue, ReceivedMessage } from '../ports/queue.ts';

/** Well within the shortest visibility timeout that makes sense for a function. */
const usualMs = 30_000;

const eventSchema = z.object({
  Records: z.array(z.object({ messageId: z.string(), receiptHandle: z.string(), body: z.string() })),
});

/**
 * Restarts the visibility timeout of the messages of an event periodically, so that a long batch is
 * not delivered to another invocation meanwhile. Returns a function that ends it.
 *
 * @param everyMs Default: 30,000
 */
export function keepInvisible(
  queue: Queue,
  event: unknown,
  onError: (error: unknown) => void,
  everyMs = usualMs,
): () => void {
  const parsed = checkShape(eventSchema, event);
  if (!parsed.success) return () => undefined;
  const messages = parsed.data.Records.map(
    ({ messageId: id, receiptHandle: receipt, body }): ReceivedMessage => ({
      id,
      receipt,
      body,
      receiveCount: 1,
      sentAt: '',
    }),
  );
  const timer = setInterval(() => {
    for (const message of messages) queue.extend(message).catch(onError);
  }, everyMs);
  return () => clearInterval(timer);
}
