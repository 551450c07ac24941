import { hasCode } from '../domain/errors.ts';
import type { Queue } from '../ports/queue.ts';
import { receivedMessages } from './events/received-messages.ts';

/** A message that failed. */
export interface FailedDelivery {
  readonly messageId: string | null;
  /** Deliveries of the message, this one included. */
  readonly receiveCount: number;
  readonly error: unknown;
}

/** Milliseconds until the second and the third delivery. */
const pausesMs = {
  /** An operator has to grant access: time hardly helps. */
  denied: [30_000, 120_000],
  /** An outage, which should not use up the deliveries of all batches. */
  other: [120_000, 900_000],
} as const;

/**
 * Makes failed messages visible after a pause that grows with each delivery. Otherwise they return
 * after the visibility timeout, six times the time of the function, and their objects wait. After
 * the last delivery, SQS moves a message to the dead letters when it becomes visible: at once.
 */
export async function returnEarly(
  queue: Queue,
  event: unknown,
  options: {
    readonly failed: readonly FailedDelivery[];
    readonly maxReceives: number;
    readonly onError: (error: unknown) => void;
  },
): Promise<void> {
  const { failed, maxReceives, onError } = options;
  const messages = new Map(receivedMessages(event).map((message) => [message.id, message]));
  // A message may have several objects that failed.
  const distinct = new Map(failed.map((delivery) => [delivery.messageId, delivery])).values();
  await Promise.all(
    [...distinct].map(async (delivery) => {
      const message = messages.get(delivery.messageId ?? '');
      if (message === undefined) return;
      const pauseMs = delivery.receiveCount >= maxReceives ? 0 : pauseOf(delivery);
      await queue.release(message, pauseMs).catch(onError);
    }),
  );
}

function pauseOf({ error, receiveCount }: FailedDelivery): number {
  const pauses = hasCode(error, 'ERR_OBJECT_DENIED', 'ERR_CONFIG') ? pausesMs.denied : pausesMs.other;
  return pauses[Math.min(receiveCount, pauses.length) - 1] ?? 0;
}
