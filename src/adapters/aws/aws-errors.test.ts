import { SQSClient } from '@aws-sdk/client-sqs';
import test from 'ava';
import { hasCode, RearviewError } from '../../domain/errors.ts';
import { sqsAnswer, sqsFailure } from '../../testing/aws/messaging-emulator.ts';
import { startSqsQueue } from '../../testing/aws/sqs-test-queue.ts';
import { translateAwsError } from './aws-errors.ts';

test('throttling, service failures and broken connections are retryable; no SDK error gets through', async (t) => {
  const failures = [
    sqsFailure(429, 'Whatever'),
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

test('a missing server and missing credentials have their own errors', async (t) => {
  const nowhere = { endpoint: 'http://127.0.0.1:1', region: 'us-east-1', maxAttempts: 1 };
  const client = new SQSClient({ ...nowhere, credentials: { accessKeyId: 'test', secretAccessKey: 'test' } });
  t.teardown(() => client.destroy());
  const { queue } = await startSqsQueue(t, { client });
  const error = await t.throwsAsync(queue.send(['"x"']));
  t.true(hasCode(error, 'ERR_UNAVAILABLE') && error.retryable);
  const missing = Object.assign(new Error('Could not load credentials from any providers'), {
    name: 'CredentialsProviderError',
  });
  const found = translateAwsError(missing, { what: 'The queue', permission: 'sqs:SendMessage' });
  t.true(hasCode(found, 'ERR_CONFIG') && /credentials/.test(found.message));
});

test('an error that is not from AWS is passed on unchanged', (t) => {
  const call = { what: 'The queue', permission: 'sqs:SendMessage' };
  for (const bug of [new TypeError('x is not a function'), new RearviewError('ERR_STATE', 'no'), 'text', undefined]) {
    t.is(translateAwsError(bug, call), bug);
  }
});

test('the error for a missing queue names its URL', async (t) => {
  const url = 'http://127.0.0.1/000000000000/nowhere';
  const { queue } = await startSqsQueue(t, { url });
  const error = await t.throwsAsync(queue.send(['"x"']));
  t.true(hasCode(error, 'ERR_CONFIG') && !error.retryable);
  t.true(error?.message.includes(url));
  t.regex(error?.message ?? '', /does not exist; check the address/);
});

test('the error for a refused request names the missing permission', async (t) => {
  const { emulator, queue } = await startSqsQueue(t);
  for (const name of ['AccessDeniedException', 'AccessDenied', 'InvalidSecurity', 'Whatever']) {
    emulator.intercept(() => sqsFailure(403, name));
    const error = await t.throwsAsync(queue.send(['"x"']));
    t.true(hasCode(error, 'ERR_CONFIG') && !error.retryable);
    t.regex(error?.message ?? '', /sqs:SendMessage/);
  }
  emulator.intercept(() => sqsFailure(400, 'KmsAccessDenied'));
  t.regex((await t.throwsAsync(queue.send(['"x"'])))?.message ?? '', /KMS key/);
  const looking = await t.throwsAsync(queue.deadLetters({ limit: 1 }));
  t.regex(looking?.message ?? '', /dead-letter queue of live .*sqs:GetQueueAttributes/);
});

test('a request that SQS refuses for another reason is a configuration error', async (t) => {
  const { emulator, queue } = await startSqsQueue(t);
  emulator.intercept(() => sqsFailure(400, 'InvalidParameterValue', 'Value 0 for parameter X is invalid.'));
  t.true(hasCode(await t.throwsAsync(queue.receive({ max: 1 })), 'ERR_CONFIG'));
  // An expired receipt is different.
  const message = { id: 'i', body: 'b', receipt: 'r', receiveCount: 1, sentAt: '' };
  t.true(hasCode(await t.throwsAsync(queue.release(message, 0)), 'ERR_CONFIG'));
});

test('an expired receipt changes nothing, whatever error SQS uses for it', async (t) => {
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
