import test from 'ava';
import { contractMaxReceives, queueContract } from '../../ports/queue.contract.ts';
import { startMessagingEmulator } from '../../testing/messaging-emulator.ts';
import { createSqsQueue } from './sqs-queue.ts';

queueContract(
  test,
  async (t, visibilityMs) => {
    const { sqs: client, createQueues, advance } = await startMessagingEmulator(t);
    const place = await createQueues({ maxReceives: contractMaxReceives });
    return {
      queue: createSqsQueue({ client, name: 'live', ...place, visibilityMs, deadLetterWaitSeconds: 0 }),
      advance: async (ms) => advance(ms),
    };
  },
  { ordered: false, exactStats: false, emptyBodies: false, peeksCount: true },
);
