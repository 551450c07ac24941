import { setImmediate } from 'node:timers/promises';
import { ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import test from 'ava';
import { hasCode } from '../../../domain/errors.ts';
import { sqsAnswer, sqsFailure } from '../../../testing/aws/messaging-emulator.ts';
import {
  callsOf,
  drain,
  killAll,
  numbered,
  type SqsTestQueue,
  startSqsQueue,
} from '../../../testing/aws/sqs-test-queue.ts';
import { createSqsQueue } from './sqs-queue.ts';

test('looking at dead letters neither removes nor hides them', async (t) => {
  const context = await startSqsQueue(t, { visibilityMs: 30_000 });
  const { emulator, queue } = context;
  await queue.send(numbered(25));
  await killAll(context);
  const letters = await queue.deadLetters({ limit: 1000 });
  t.deepEqual(letters.map(({ body }) => body).toSorted(), numbered(25).toSorted());
  t.deepEqual(
    letters.map(({ sentAt }) => sentAt),
    letters.map(({ sentAt }) => sentAt).toSorted(),
  );
  t.is(callsOf(emulator, 'DeleteMessageBatch').length, 0);
  const again = await queue.deadLetters({ limit: 1000 });
  t.deepEqual(again.map(({ id }) => id).toSorted(), letters.map(({ id }) => id).toSorted());
  t.is((await queue.deadLetters({ limit: 13 })).length, 13);
  t.is((await queue.stats()).deadLetters, 25);
});

/** Hides all dead letters from others, as a reader does that died or is slow. */
async function holdAll({ emulator, place }: SqsTestQueue): Promise<readonly string[]> {
  const { Messages = [] } = await emulator.sqs.send(
    new ReceiveMessageCommand({ QueueUrl: place.deadLetterUrl, MaxNumberOfMessages: 10, VisibilityTimeout: 25 }),
  );
  return Messages.map(({ ReceiptHandle = '' }) => ReceiptHandle);
}

test('letters that another reader holds are waited for, in the list and in a redrive', async (t) => {
  const context = await startSqsQueue(t, { visibilityMs: 30_000 });
  const { emulator, queue } = context;
  await queue.send(numbered(3));
  await killAll(context);
  for (const look of [() => queue.deadLetters({ limit: 10, patient: true }), () => queue.redrive()]) {
    t.is((await holdAll(context)).length, 3);
    t.deepEqual(await queue.deadLetters({ limit: 10 }), [], 'the finisher does not wait');
    const before = callsOf(emulator, 'ReceiveMessage').length;
    const looking = look();
    // It has looked, and found nothing.
    while (callsOf(emulator, 'ReceiveMessage').length === before) await setImmediate();
    emulator.advance(25_000);
    const found = await looking;
    t.is(typeof found === 'number' ? found : found.length, 3);
  }
});

test('looking ends when SQS returns the same letters again and again', async (t) => {
  const { emulator, queue } = await startSqsQueue(t);
  const Attributes = { SentTimestamp: '1700000000000', ApproximateReceiveCount: '4' };
  const Messages = [
    { MessageId: 'm', Body: '"x"', MD5OfBody: '5b8a8f5d0a8ba6f40fe4c1ad6c8e3a1c', ReceiptHandle: 'r', Attributes },
  ];
  emulator.sqs.config.md5 = false;
  const counts = {
    ApproximateNumberOfMessages: '1',
    ApproximateNumberOfMessagesNotVisible: '0',
    ApproximateNumberOfMessagesDelayed: '0',
  };
  emulator.intercept(({ action }) => {
    if (action === 'GetQueueAttributes') return sqsAnswer({ Attributes: counts });
    return action === 'ReceiveMessage' ? sqsAnswer({ Messages }) : undefined;
  });
  t.deepEqual(await queue.deadLetters({ limit: 5 }), [
    { id: 'm', body: '"x"', receiveCount: 4, sentAt: '2023-11-14T22:13:20.000Z' },
  ]);
  const [call] = callsOf(emulator, 'ChangeMessageVisibilityBatch');
  t.deepEqual(call?.input['Entries'], [{ Id: '0', ReceiptHandle: 'r', VisibilityTimeout: 0 }]);
});

test('a letter is removed only after it was sent: if sending fails, it stays and is visible at once', async (t) => {
  const context = await startSqsQueue(t, { visibilityMs: 30_000, sendAttempts: 1 });
  const { emulator, queue } = context;
  await queue.send(numbered(3));
  await killAll(context);
  emulator.intercept(({ action }) => (action === 'SendMessageBatch' ? sqsFailure(500, 'InternalError') : undefined));
  t.true(hasCode(await t.throwsAsync(queue.redrive()), 'ERR_UNAVAILABLE'));
  t.is(callsOf(emulator, 'DeleteMessageBatch').length, 0);
  t.is((await queue.deadLetters({ limit: 10 })).length, 3);
  emulator.intercept(() => undefined);
  t.is(await queue.redrive(), 3);
  t.is((await queue.stats()).deadLetters, 0);
  t.deepEqual((await drain(queue)).toSorted(), numbered(3).toSorted());
});

test('letters that were sent and could not be removed are reported, and stay', async (t) => {
  const context = await startSqsQueue(t, { visibilityMs: 30_000 });
  const { emulator, queue } = context;
  await queue.send(['"x"']);
  await killAll(context);
  emulator.intercept(({ action }) =>
    action === 'DeleteMessageBatch'
      ? sqsAnswer({ Failed: [{ Id: '0', SenderFault: false, Code: 'InternalError', Message: 'No.' }] })
      : undefined,
  );
  const error = await t.throwsAsync(queue.redrive());
  t.true(hasCode(error, 'ERR_UNAVAILABLE') && /could not be removed/.test(error.message));
  t.is((await queue.stats()).deadLetters, 1);
});

test('redriving a selected letter finds it among many and leaves the others', async (t) => {
  const context = await startSqsQueue(t, { visibilityMs: 30_000 });
  const { queue } = context;
  await queue.send(numbered(25));
  await killAll(context);
  const letters = await queue.deadLetters({ limit: 100 });
  const chosen = letters.filter((_, index) => index % 12 === 0);
  const before = callsOf(context.emulator, 'ChangeMessageVisibilityBatch').length;
  t.is(await queue.redrive({ ids: [...chosen.map(({ id }) => id), 'nobody'] }), chosen.length);
  t.deepEqual((await drain(queue)).toSorted(), chosen.map(({ body }) => body).toSorted());
  // Removed letters are not shown again.
  const shown = callsOf(context.emulator, 'ChangeMessageVisibilityBatch').slice(before);
  t.is(shown.flatMap(({ input }) => input['Entries']).length, 25 - chosen.length);
  t.is((await queue.deadLetters({ limit: 100 })).length, 25 - chosen.length);
});

test('redriving ends even if the letters are dead again at once', async (t) => {
  const { emulator, place } = await startSqsQueue(t);
  // The shortest way to die: the queue is its own dead-letter queue.
  const queue = createSqsQueue({
    client: emulator.sqs,
    name: 'loop',
    ...place,
    deadLetterUrl: place.url,
    visibilityMs: 0,
    deadLetterWaitSeconds: 0,
  });
  await queue.send(numbered(12));
  t.is(await queue.redrive(), 12);
});
