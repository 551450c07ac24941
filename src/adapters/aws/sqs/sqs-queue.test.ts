import { SendMessageCommand } from '@aws-sdk/client-sqs';
import test from 'ava';
import { contractMaxReceives, queueContract } from '../../../ports/queue.contract.ts';
import { sqsAnswer, sqsFailure, startMessagingEmulator } from '../../../testing/aws/messaging-emulator.ts';
import { callsOf, drain, killAll, numbered, startSqsQueue } from '../../../testing/aws/sqs-test-queue.ts';
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

test('received messages are returned although a later request for more fails', async (t) => {
  const { emulator, queue } = await startSqsQueue(t);
  await queue.send(numbered(15));
  let requests = 0;
  emulator.intercept(({ action }) => {
    if (action === 'ReceiveMessage') requests += 1;
    return requests === 2 ? sqsFailure(500, 'InternalError') : undefined;
  });
  t.is((await queue.receive({ max: 15 })).length, 10);
});

test('a wait is requested in whole seconds, at most 20 at once, and the rest in further requests', async (t) => {
  const { emulator, queue } = await startSqsQueue(t);
  const stop = new AbortController();
  emulator.intercept(({ action }) => {
    if (action !== 'ReceiveMessage') return undefined;
    if (callsOf(emulator, action).length === 3) stop.abort();
    return sqsAnswer({});
  });
  t.deepEqual(await queue.receive({ max: 1, waitMs: 60_000, signal: stop.signal }), []);
  t.deepEqual(
    callsOf(emulator, 'ReceiveMessage').map(({ input }) => input['WaitTimeSeconds']),
    [20, 20, 20],
  );
  await queue.receive({ max: 1, waitMs: 100 });
  await queue.receive({ max: 1 });
  t.deepEqual(
    callsOf(emulator, 'ReceiveMessage')
      .slice(3)
      .map(({ input }) => input['WaitTimeSeconds']),
    [1, 0],
  );
});

test('an abort cancels the waiting request', async (t) => {
  const { emulator, queue } = await startSqsQueue(t);
  const stop = new AbortController();
  emulator.intercept(({ action }) => {
    if (action !== 'ReceiveMessage') return undefined;
    stop.abort();
    return new Promise<undefined>(() => undefined);
  });
  t.deepEqual(await queue.receive({ max: 1, waitMs: 20_000, signal: stop.signal }), []);
});

test('delays are whole seconds rounded up, at most twelve hours', async (t) => {
  const { emulator, queue } = await startSqsQueue(t, { visibilityMs: 1500 });
  await queue.send(['"x"']);
  const [message] = await queue.receive({ max: 1 });
  if (message === undefined) return t.fail();
  t.is(callsOf(emulator, 'ReceiveMessage')[0]?.input['VisibilityTimeout'], 2);
  await queue.extend(message);
  await queue.release(message, 250);
  await queue.release(message, 10 ** 9);
  t.deepEqual(
    callsOf(emulator, 'ChangeMessageVisibility').map(({ input }) => input['VisibilityTimeout']),
    [2, 1, 43_200],
  );
});

test('without an explicit visibility timeout, a queue uses that of SQS, and requests it once', async (t) => {
  const { emulator, queue } = await startSqsQueue(t);
  await queue.send(['"x"']);
  const [message] = await queue.receive({ max: 1 });
  if (message === undefined) return t.fail();
  t.false('VisibilityTimeout' in (callsOf(emulator, 'ReceiveMessage')[0]?.input ?? {}));
  const before = callsOf(emulator, 'GetQueueAttributes').length;
  await queue.extend(message);
  await queue.extend(message);
  t.is(callsOf(emulator, 'GetQueueAttributes').length, before + 1);
  t.is(callsOf(emulator, 'ChangeMessageVisibility')[1]?.input['VisibilityTimeout'], 77);
});

test('stats count visible, in-flight and dead messages; the age is unknown', async (t) => {
  const context = await startSqsQueue(t, { visibilityMs: 30_000 });
  await context.queue.send(numbered(3));
  await killAll(context);
  await context.queue.send(numbered(3));
  await context.queue.receive({ max: 1 });
  t.deepEqual(await context.queue.stats(), { visible: 2, inFlight: 1, deadLetters: 3, oldestMs: null });
});

test('messages of other senders are received unchanged', async (t) => {
  const { emulator, place, queue } = await startSqsQueue(t);
  await emulator.sqs.send(new SendMessageCommand({ QueueUrl: place.url, MessageBody: 'no JSON' }));
  t.deepEqual(await drain(queue), ['no JSON']);
});
