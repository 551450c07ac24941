import { createSqsQueue, type SqsQueueOptions } from '../../adapters/aws/sqs/sqs-queue.ts';
import type { Queue } from '../../ports/queue.ts';
import type { Teardown } from '../teardown.ts';
import {
  type MessagingEmulator,
  type QueuePair,
  type ServiceCall,
  startMessagingEmulator,
} from './messaging-emulator.ts';

/** A queue in an emulator of its own, whose messages die after one delivery. */
export interface SqsTestQueue {
  readonly emulator: MessagingEmulator;
  readonly place: QueuePair;
  readonly queue: Queue;
}

export async function startSqsQueue(
  t: Teardown,
  { maxAttempts = 1, ...options }: Partial<SqsQueueOptions> & { readonly maxAttempts?: number } = {},
): Promise<SqsTestQueue> {
  const emulator = await startMessagingEmulator(t, { maxAttempts });
  const place = await emulator.createQueues({ maxReceives: 1, visibilitySeconds: 77 });
  const defaults = { client: emulator.sqs, name: 'live', ...place, retryMs: 1, deadLetterWaitSeconds: 0 };
  return { emulator, place, queue: createSqsQueue({ ...defaults, ...options }) };
}

/** Bodies that differ. */
export function numbered(count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => JSON.stringify({ index }));
}

/** The requests of one action that came so far. */
export function callsOf({ calls }: MessagingEmulator, action: string): readonly ServiceCall[] {
  return calls.filter((call) => call.action === action);
}

/** Bodies of all messages that can be received now. */
export async function drain(queue: Queue): Promise<readonly string[]> {
  const bodies: string[] = [];
  for (;;) {
    const messages = await queue.receive({ max: 10 });
    if (messages.length === 0) return bodies;
    bodies.push(...messages.map(({ body }) => body));
  }
}

/** Lets all that can be received die. */
export async function killAll({ queue, emulator }: SqsTestQueue): Promise<void> {
  await drain(queue);
  emulator.advance(1000 * 1000);
  await drain(queue);
}
