import { setTimeout as sleep } from 'node:timers/promises';
import { ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import test from 'ava';
import { startSqs } from './start-sqs.ts';
import { createJournal, fixture, startTestLambda } from './start-test-lambda.ts';

test('an event that fails is tried twice more, under the same request id', async (t) => {
  const lambda = await startTestLambda(t, { actions: { module: fixture('actions'), asyncRetryDelayMs: 1 } });
  const seen: string[] = [];
  lambda.setChaos({
    kill: ({ requestId }) => {
      seen.push(requestId);
      return null;
    },
  });
  const requestId = lambda.invokeAsync('actions', { do: 'throw', message: 'always' });
  await lambda.idle();
  t.like(lambda.stats('actions'), { invocations: 3, errors: 3 });
  t.deepEqual(seen, [requestId, requestId, requestId]);
});

test('an event is tried again until it succeeds, also when its process was killed', async (t) => {
  const lambda = await startTestLambda(t, { actions: { module: fixture('actions'), asyncRetryDelayMs: 1 } });
  const journal = createJournal(t);
  lambda.setChaos({ killAtMark: (mark, { number }) => mark === 'b' && number < 3 });
  lambda.invokeAsync('actions', { do: 'pass-marks', marks: ['a', 'b'], journal: journal.path });
  await lambda.idle();
  t.deepEqual(journal.lines(), ['a', 'a', 'a', 'b']);
  t.like(lambda.stats('actions'), { invocations: 3, errors: 2, kills: 2, coldStarts: 3 });
});

test('an event that failed permanently goes to the queue for failures, with the reason', async (t) => {
  const sqs = await startSqs(t);
  const onFailureQueueUrl = await sqs.createQueue('failures');
  const module = fixture('actions');
  const lambda = await startTestLambda(
    t,
    { actions: { module, asyncRetries: 1, asyncRetryDelayMs: 1, onFailureQueueUrl } },
    { sqs: sqs.client },
  );
  const requestId = lambda.invokeAsync('actions', { do: 'throw', message: 'always' });
  lambda.invokeAsync('actions', { do: 'return' });
  await lambda.idle();
  const { Messages = [] } = await sqs.client.send(
    new ReceiveMessageCommand({ QueueUrl: onFailureQueueUrl, MaxNumberOfMessages: 10 }),
  );
  t.is(Messages.length, 1);
  const { timestamp, responsePayload, ...record } = JSON.parse(Messages[0]?.Body ?? '');
  t.deepEqual(record, {
    version: '1.0',
    requestContext: {
      requestId,
      functionArn: 'arn:aws:lambda:us-east-1:000000000000:function:actions:$LATEST',
      condition: 'RetriesExhausted',
      approximateInvokeCount: 2,
    },
    requestPayload: { do: 'throw', message: 'always' },
    responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
  });
  t.is(new Date(timestamp).toISOString(), timestamp);
  t.like(responsePayload, { errorType: 'TypeError', errorMessage: 'always' });
});

test('a record that cannot be sent is complained of', async (t) => {
  const lines: string[] = [];
  const options = { asyncRetries: 0, onFailureQueueUrl: 'http://127.0.0.1:1/000000000000/none' };
  const lambda = await startTestLambda(
    t,
    { actions: { module: fixture('actions'), ...options } },
    { log: (line) => lines.push(line) },
  );
  lambda.invokeAsync('actions', { do: 'throw', message: 'always' });
  await lambda.idle();
  t.true(lines.some((line) => /is lost: onFailureQueueUrl needs an SQS client/.test(line)));
});

test('asynchronous events wait for concurrency', async (t) => {
  const lambda = await startTestLambda(t, { actions: { module: fixture('actions'), concurrency: 1 } });
  for (let count = 0; count < 5; count += 1) lambda.invokeAsync('actions', { do: 'return' });
  await lambda.idle();
  t.like(lambda.stats('actions'), { invocations: 5, errors: 0, maxRunning: 1, throttles: 0, coldStarts: 1 });
});

test('a runtime that stops drops the events that are to be tried again', async (t) => {
  const lambda = await startTestLambda(t, { actions: { module: fixture('actions'), asyncRetryDelayMs: 3_600_000 } });
  lambda.invokeAsync('actions', { do: 'throw', message: 'always' });
  while (lambda.stats('actions').errors === 0) await sleep(5);
  await t.throwsAsync(lambda.idle({ timeoutMs: 0 }), {
    code: 'ERR_STATE',
    message: /Left: .*asynchronous event [-0-9a-f]+ of actions/,
  });
  await lambda.stop();
  t.pass();
});
