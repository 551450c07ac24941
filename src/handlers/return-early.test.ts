import test, { type ExecutionContext } from 'ava';
import { RearviewError } from '../domain/errors.ts';
import { startSqsQueue } from '../testing/aws/sqs-test-queue.ts';
import { sqsEvent } from '../testing/s3/s3-events.ts';
import { returnEarly } from './return-early.ts';

const denied = new RearviewError('ERR_OBJECT_DENIED', 'No.', { retryable: true });
const away = new RearviewError('ERR_UNAVAILABLE', 'Away.', { retryable: true });

/** A message that has failed, hidden for half an hour; it becomes a dead letter when it is visible again. */
async function fail(t: ExecutionContext, delivery: { readonly receiveCount: number; readonly error: unknown }) {
  const { queue, emulator } = await startSqsQueue(t, { visibilityMs: 1_800_000 });
  await queue.send(['{"a":1}']);
  const [message] = await queue.receive({ max: 1 });
  if (message === undefined) throw new Error('no message');
  const event = { Records: [{ messageId: message.id, receiptHandle: message.receipt, body: message.body }] };
  await returnEarly(queue, event, {
    failed: [{ messageId: message.id, ...delivery }],
    maxReceives: 3,
    onError: (error) => t.fail(String(error)),
  });
  return {
    async isBackAfter(ms: number) {
      emulator.advance(ms);
      await queue.receive({ max: 1 });
      return (await queue.deadLetters({ limit: 1 })).length === 1;
    },
  };
}

for (const [name, error, pausesMs] of [
  ['a denied object', denied, [30_000, 120_000]],
  ['an outage', away, [120_000, 900_000]],
  ['a bug', new Error('bug'), [120_000, 900_000]],
] as const) {
  test(`a message that failed returns after a pause that grows, not after the visibility timeout: ${name}`, async (t) => {
    for (const [index, pauseMs] of pausesMs.entries()) {
      const failed = await fail(t, { receiveCount: index + 1, error });
      t.false(await failed.isBackAfter(pauseMs - 1000));
      t.true(await failed.isBackAfter(1000));
    }
  });
}

test('after the last delivery a message becomes a dead letter at once', async (t) => {
  t.true(await (await fail(t, { receiveCount: 3, error: away })).isBackAfter(0));
});

test('a message that cannot be returned, or that has no receipt, fails nothing', async (t) => {
  const { queue } = await startSqsQueue(t);
  const errors: unknown[] = [];
  const options = { maxReceives: 3, onError: (error: unknown) => errors.push(error) };
  const broken = { ...queue, release: async () => Promise.reject(new Error('away')) };
  const failed = [{ messageId: 'm1', receiveCount: 1, error: denied }];
  await returnEarly(broken, sqsEvent('{}'), { ...options, failed });
  t.is(errors.length, 1);
  await returnEarly(broken, {}, { ...options, failed: [...failed, { messageId: null, receiveCount: 1, error: away }] });
  t.is(errors.length, 1);
});
