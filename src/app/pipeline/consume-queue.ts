import { setTimeout as sleep } from 'node:timers/promises';
import { hasCode, messageOf, RearviewError } from '../../domain/errors.ts';
import type { Queue, ReceivedMessage } from '../../ports/queue.ts';
import type { Observe } from './events.ts';

/** Longest wait for a message before the next request. */
const waitMs = 1000;
const storageFullRetryMs = 1000;
/** Pause before work that is held back is looked at again. */
const heldMs = 100;

export interface ConsumerOptions {
  readonly queue: Queue;
  /** Messages handled at the same time. */
  readonly concurrency: number;
  /** The queue's visibility timeout; a message that takes longer is extended in time. */
  readonly visibilityMs: number;
  /** Deliveries after which the queue gives up. */
  readonly maxReceives: number;
  /**
   * Resolves when the outcome is durable; a rejection returns the message, after a pause that grows
   * with each delivery.
   */
  readonly handle: (message: ReceivedMessage, delivery: { readonly lastAttempt: boolean }) => Promise<void>;
  /** Whether to take no message for now, checked before each one. Default: nothing is held back. */
  readonly isHeld?: () => Promise<boolean>;
  /** Handlers under way are finished first. */
  readonly signal: AbortSignal;
  readonly observe: Observe;
}

/**
 * Takes messages from a queue until the signal aborts. Resolves when every message taken has been
 * acknowledged or returned.
 */
export async function consumeQueue(options: ConsumerOptions): Promise<void> {
  const lanes = Array.from({ length: options.concurrency }, () => consumeLane(options));
  await Promise.all(lanes);
}

async function consumeLane({ queue, signal, observe, ...options }: ConsumerOptions): Promise<void> {
  while (!signal.aborted) {
    try {
      if ((await options.isHeld?.()) === true) {
        await pause(heldMs, signal);
        continue;
      }
      const [message] = await queue.receive({ max: 1, waitMs, signal });
      if (message !== undefined) await deliver({ queue, signal, observe, ...options }, message);
    } catch (error) {
      if (signal.aborted) return;
      observe({ type: 'problem', where: `queue ${queue.name}`, message: messageOf(error) });
      await pause(storageFullRetryMs, signal);
    }
  }
}

async function deliver({ queue, handle, ...options }: ConsumerOptions, message: ReceivedMessage): Promise<void> {
  const lastAttempt = message.receiveCount >= options.maxReceives;
  const heartbeat = setInterval(
    () =>
      void queue
        .extend(message)
        .catch((error: unknown) =>
          options.observe({ type: 'problem', where: `queue ${queue.name}`, message: messageOf(error) }),
        ),
    options.visibilityMs / 3,
  );
  try {
    await untilStored(() => handle(message, { lastAttempt }), options);
    await untilStored(() => queue.acknowledge(message), options);
  } catch (error) {
    options.observe({ type: 'problem', where: `queue ${queue.name}`, message: messageOf(error) });
    // The last delivery is not returned: the queue moves it to its dead letters.
    const retryable = error instanceof RearviewError && error.retryable;
    await queue.release(message, retryable && !lastAttempt ? 250 * 4 ** message.receiveCount : 0);
  } finally {
    clearInterval(heartbeat);
  }
}

/** Retries while the disk is full: that is not the fault of the message. */
async function untilStored(
  step: () => Promise<void>,
  { signal, observe, queue }: Pick<ConsumerOptions, 'signal' | 'observe'> & { queue?: Queue },
): Promise<void> {
  for (;;) {
    try {
      return await step();
    } catch (error) {
      if (!hasCode(error, 'ERR_STORAGE_FULL') || signal.aborted) throw error;
      observe({
        type: 'problem',
        where: queue?.name ?? 'storage',
        message: `${error.message} Waiting for free space.`,
        noSpace: true,
      });
      await pause(storageFullRetryMs, signal);
    }
  }
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => undefined);
}
