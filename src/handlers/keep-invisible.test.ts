import test from 'ava';
import type { Queue, ReceivedMessage } from '../ports/queue.ts';
import { drain, startSqsQueue } from '../testing/aws/sqs-test-queue.ts';
import { sqsEvent } from '../testing/s3/s3-events.ts';
import { keepInvisible } from './keep-invisible.ts';

/** The queue, told of each message whose visibility timeout was begun anew. */
function watched(queue: Queue, onExtended: (message: ReceivedMessage) => void): Queue {
  return {
    ...queue,
    async extend(message) {
      await queue.extend(message);
      onExtended(message);
    },
  };
}

/** Bodies of messages that became visible again: this queue gives each once. */
async function died(queue: Queue): Promise<readonly string[]> {
  await drain(queue);
  return (await queue.deadLetters({ limit: 10 })).map(({ body }) => body);
}

test('messages stay hidden for as long as they are worked on', async (t) => {
  const { queue, emulator } = await startSqsQueue(t, { visibilityMs: 77_000 });
  await queue.send(['{"a":1}']);
  const [message] = await queue.receive({ max: 1 });
  if (message === undefined) throw new Error('no message');
  const record = { messageId: message.id, receiptHandle: message.receipt, body: message.body };
  const extended = Promise.withResolvers<void>();
  emulator.advance(70_000);
  const release = keepInvisible(
    watched(queue, () => extended.resolve()),
    { Records: [record] },
    (error) => t.fail(String(error)),
    5,
  );
  await extended.promise;
  release();
  emulator.advance(70_000);
  t.deepEqual(await died(queue), [], 'it would have come again after 77 seconds');
  emulator.advance(100_000);
  t.deepEqual(await died(queue), ['{"a":1}']);
});

test('a message that cannot be hidden longer is reported, and the work continues', async (t) => {
  const { queue } = await startSqsQueue(t);
  const failed = Promise.withResolvers<unknown>();
  const broken: Queue = { ...queue, extend: async () => Promise.reject(new Error('away')) };
  const release = keepInvisible(broken, sqsEvent('{}'), failed.resolve, 5);
  t.like(await failed.promise, { message: 'away' });
  release();
});

test('an event without messages has nothing to hide', (t) => {
  t.notThrows(keepInvisible({} as Queue, { scanId: 's' }, (error) => t.fail(String(error))));
});
