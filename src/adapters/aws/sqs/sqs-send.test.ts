import test from 'ava';
import { hasCode } from '../../../domain/errors.ts';
import { type ServiceCall, sqsAnswer, sqsFailure } from '../../../testing/aws/messaging-emulator.ts';
import { callsOf, drain, numbered, startSqsQueue } from '../../../testing/aws/sqs-test-queue.ts';

interface Entry {
  readonly Id: string;
  readonly MessageBody: string;
}
const entriesOf = ({ input }: ServiceCall): readonly Entry[] =>
  Array.isArray(input['Entries']) ? input['Entries'] : [];

test('bodies are sent ten at a time, and more than ten are received by several requests', async (t) => {
  const { emulator, queue } = await startSqsQueue(t);
  await queue.send(numbered(25));
  t.deepEqual(
    callsOf(emulator, 'SendMessageBatch').map((call) => entriesOf(call).length),
    [10, 10, 5],
  );
  const messages = await queue.receive({ max: 24 });
  t.is(new Set(messages.map(({ body }) => body)).size, 24);
  t.deepEqual(
    callsOf(emulator, 'ReceiveMessage').map(({ input }) => input['MaxNumberOfMessages']),
    [10, 10, 4],
  );
});

test('only the rest of a partly accepted request is sent again', async (t) => {
  const { emulator, queue } = await startSqsQueue(t);
  const rounds: string[][] = [];
  emulator.intercept(async ({ action, input }, pass) => {
    if (action !== 'SendMessageBatch') return undefined;
    const entries = entriesOf({ action, input });
    rounds.push(entries.map(({ MessageBody }) => MessageBody));
    if (rounds.length > 2) return undefined;
    // Every second entry is accepted.
    const taken = entries.filter((_, place) => place % 2 === 0);
    const answer = await pass({ ...input, Entries: taken });
    const { Successful } = JSON.parse(answer.body.toString());
    const Failed = entries
      .filter((_, place) => place % 2 === 1)
      .map(({ Id }) => ({ Id, SenderFault: false, Code: 'InternalError', Message: 'No.' }));
    return sqsAnswer({ Successful, Failed });
  });
  const bodies = numbered(10);
  await queue.send(bodies);
  t.deepEqual(
    rounds.map((each) => each.length),
    [10, 5, 2],
  );
  t.deepEqual(
    rounds[1],
    bodies.filter((_, index) => index % 2 === 1),
  );
  t.deepEqual((await drain(queue)).toSorted(), bodies.toSorted());
});

test('an entry that SQS refuses is not sent again', async (t) => {
  const { emulator, queue } = await startSqsQueue(t);
  emulator.intercept(({ action }) =>
    action === 'SendMessageBatch'
      ? sqsAnswer({ Failed: [{ Id: '0', SenderFault: true, Code: 'InvalidMessageContents', Message: 'bad' }] })
      : undefined,
  );
  const error = await t.throwsAsync(queue.send(['"x"']));
  t.true(hasCode(error, 'ERR_CONFIG') && !error.retryable);
  t.regex(error?.message ?? '', /live.*InvalidMessageContents: bad/);
  t.is(callsOf(emulator, 'SendMessageBatch').length, 1);
});

test('an entry that SQS fails to accept in every attempt, or does not mention, is a retryable error', async (t) => {
  for (const Failed of [[{ Id: '0', SenderFault: false, Code: 'InternalError' }], []]) {
    const { emulator, queue } = await startSqsQueue(t, { sendAttempts: 3 });
    emulator.intercept(({ action }) => (action === 'SendMessageBatch' ? sqsAnswer({ Failed }) : undefined));
    const error = await t.throwsAsync(queue.send(['"x"']));
    t.true(hasCode(error, 'ERR_UNAVAILABLE') && error.retryable);
    t.is(callsOf(emulator, 'SendMessageBatch').length, 3);
  }
});

test('a body that is too large is refused before anything is sent', async (t) => {
  const { emulator, queue } = await startSqsQueue(t);
  t.true(hasCode(await t.throwsAsync(queue.send(['"x"', 'x'.repeat(262_145)])), 'ERR_CONFIG'));
  t.is(callsOf(emulator, 'SendMessageBatch').length, 0);
});

test('keys with characters that SQS refuses arrive unchanged', async (t) => {
  const { queue } = await startSqsQueue(t);
  const keys = ['\0\x1f\x7f', '\ufffe\uffff', '\ud800', 'a\udfffb', '\\\uffff', 'ü\u2028'];
  await queue.send(keys.map((key) => JSON.stringify({ key })));
  // A text that was not made by JSON.stringify may have it.
  await queue.send(['{"key":"\ud800 raw"}']);
  const received = (await drain(queue)).map((body): unknown => JSON.parse(body).key);
  t.deepEqual(received.toSorted(), [...keys, '\ud800 raw'].toSorted());
});

test('the SDK waits during throttling, as its client is configured', async (t) => {
  const { emulator, queue } = await startSqsQueue(t, { maxAttempts: 3 });
  let refused = 0;
  emulator.intercept(({ action }) => {
    if (action !== 'SendMessageBatch' || refused === 2) return undefined;
    refused += 1;
    return sqsFailure(400, 'ThrottlingException');
  });
  await queue.send(['"x"']);
  t.deepEqual(await drain(queue), ['"x"']);
});
