import test from 'ava';
import { hasCode } from '../../domain/errors.ts';
import { sqsAnswer, sqsFailure } from '../../testing/messaging-emulator.ts';
import { startSqsQueue } from '../../testing/sqs-test-queue.ts';

test('throttling, failures of the service and a broken connection are worth another try; nothing of the SDK gets through', async (t) => {
  const failures = [
    sqsFailure(429, 'TooManyRequestsException'),
    sqsFailure(400, 'ThrottlingException'),
    sqsFailure(400, 'RequestThrottled'),
    sqsFailure(403, 'OverLimit'),
    sqsFailure(400, 'KmsThrottled'),
    sqsFailure(500, 'InternalFailure'),
    sqsFailure(503, 'Whatever'),
    { ...sqsAnswer(null), body: 'no JSON' },
    null,
  ];
  const { emulator, queue } = await startSqsQueue(t);
  const message = { id: 'i', body: 'b', receipt: 'r', receiveCount: 1, sentAt: '' };
  for (const failure of failures) {
    emulator.intercept(() => failure);
    const steps = [
      () => queue.send(['"x"']),
      () => queue.receive({ max: 1 }),
      () => queue.acknowledge(message),
      () => queue.release(message, 0),
      () => queue.extend(message),
      () => queue.stats(),
      () => queue.deadLetters({ limit: 1 }),
      () => queue.redrive(),
    ];
    for (const step of steps) {
      const error = await t.throwsAsync(async () => step());
      t.true(hasCode(error, 'ERR_UNAVAILABLE') && error.retryable, `${failure?.body}: ${error?.message}`);
      t.regex(error?.message ?? '', /of live|queue live/);
    }
  }
});

test('a queue that does not exist is named with its URL', async (t) => {
  const url = 'http://127.0.0.1/000000000000/nowhere';
  const { queue } = await startSqsQueue(t, { url });
  const error = await t.throwsAsync(queue.send(['"x"']));
  t.true(hasCode(error, 'ERR_CONFIG') && !error.retryable);
  t.true(error?.message.includes(url));
  t.regex(error?.message ?? '', /does not exist/);
});

test('a refusal says which permission is missing', async (t) => {
  const { emulator, queue } = await startSqsQueue(t);
  for (const name of ['AccessDeniedException', 'AccessDenied', 'KmsAccessDenied', 'InvalidSecurity']) {
    emulator.intercept(() => sqsFailure(403, name));
    const error = await t.throwsAsync(queue.send(['"x"']));
    t.true(hasCode(error, 'ERR_CONFIG') && !error.retryable);
    t.regex(error?.message ?? '', /sqs:SendMessage/);
  }
  const looking = await t.throwsAsync(queue.deadLetters({ limit: 1 }));
  t.regex(looking?.message ?? '', /dead-letter queue of live .*sqs:ReceiveMessage/);
});

test('a request that SQS does not take for another reason is an error of configuration', async (t) => {
  const { emulator, queue } = await startSqsQueue(t);
  emulator.intercept(() => sqsFailure(400, 'InvalidParameterValue', 'Value 0 for parameter X is invalid.'));
  t.true(hasCode(await t.throwsAsync(queue.receive({ max: 1 })), 'ERR_CONFIG'));
  // Nor is it a receipt whose time is over.
  const message = { id: 'i', body: 'b', receipt: 'r', receiveCount: 1, sentAt: '' };
  t.true(hasCode(await t.throwsAsync(queue.extend(message)), 'ERR_CONFIG'));
});

test('a receipt whose time is over changes nothing, however SQS says so', async (t) => {
  const { emulator, queue } = await startSqsQueue(t);
  const message = { id: 'i', body: 'b', receipt: 'r', receiveCount: 1, sentAt: '' };
  const reason = 'Value r for parameter ReceiptHandle is invalid. Reason: The receipt handle has expired.';
  for (const failure of [
    sqsFailure(400, 'ReceiptHandleIsInvalid'),
    sqsFailure(400, 'MessageNotInflight'),
    sqsFailure(400, 'InvalidParameterValue', reason),
  ]) {
    emulator.intercept(({ action }) => (action === 'GetQueueAttributes' ? undefined : failure));
    await t.notThrowsAsync(async () => {
      await queue.acknowledge(message);
      await queue.release(message, 1000);
      await queue.extend(message);
    });
  }
});
