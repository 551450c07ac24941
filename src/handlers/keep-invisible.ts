import type { Queue } from '../ports/queue.ts';
import { receivedMessages } from './events/received-messages.ts';

/** Well within the shortest visibility timeout that makes sense for a function. */
const usualMs = 30_000;

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
  const messages = receivedMessages(event);
  if (messages.length === 0) return () => undefined;
  const timer = setInterval(() => {
    for (const message of messages) queue.extend(message).catch(onError);
  }, everyMs);
  return () => clearInterval(timer);
}
