import { setTimeout as sleep } from 'node:timers/promises';
import test from 'ava';
import * as z from 'zod';
import { fixture, startTestLambda } from './start-test-lambda.ts';

const counted = z.object({
  event: z.unknown(),
  calls: z.number(),
  pid: z.number(),
  remainingMs: z.number(),
  context: z.record(z.string(), z.unknown()),
  env: z.record(z.string(), z.string()),
});

const counterOf = (payload: string) => counted.parse(JSON.parse(payload));

test('a process and the memory of its module are kept between invocations', async (t) => {
  const lambda = await startTestLambda(t, { counter: { module: fixture('counter') } });
  const first = counterOf((await lambda.invoke('counter', { a: [1, 'ü', null] })).payload);
  const second = counterOf((await lambda.invoke('counter', 'text')).payload);
  t.deepEqual(first.event, { a: [1, 'ü', null] });
  t.is(second.event, 'text');
  t.deepEqual([first.calls, second.calls], [1, 2]);
  t.is(second.pid, first.pid);
  t.not(first.pid, process.pid);
  t.like(lambda.stats('counter'), { invocations: 2, coldStarts: 1, errors: 0, maxRunning: 1 });
});

test('a handler receives its request, its name, its memory and its remaining time', async (t) => {
  const lambda = await startTestLambda(t, {
    counter: { module: fixture('counter'), timeoutMs: 50_000, memoryMb: 512 },
  });
  const result = await lambda.invoke('counter', null);
  const { context, remainingMs } = counterOf(result.payload);
  t.like(context, {
    awsRequestId: result.requestId,
    functionName: 'counter',
    functionVersion: '$LATEST',
    invokedFunctionArn: 'arn:aws:lambda:us-east-1:000000000000:function:counter',
    memoryLimitInMB: '512',
  });
  t.true(remainingMs > 0 && remainingMs <= 50_000, `${remainingMs}`);
});

test('the environment has the variables of Lambda and the configured ones, and none of this process', async (t) => {
  process.env['REARVIEW_TEST_SECRET'] = 'of this process';
  const env = { QUEUE: 'q', AWS_REGION: 'eu-west-1' };
  const lambda = await startTestLambda(t, { counter: { module: fixture('counter'), env } });
  const found = counterOf((await lambda.invoke('counter', null)).payload).env;
  t.like(found, {
    QUEUE: 'q',
    AWS_REGION: 'eu-west-1',
    AWS_LAMBDA_FUNCTION_NAME: 'counter',
    AWS_ACCESS_KEY_ID: 'test',
    PATH: process.env['PATH'] ?? '',
  });
  t.false('REARVIEW_TEST_SECRET' in found);
  t.false('HOME' in found);
  t.is(found['NODE_V8_COVERAGE'] ?? '', '');
});

test('a handler that throws fails the invocation with its error, and its process lives on', async (t) => {
  const lambda = await startTestLambda(t, { actions: { module: fixture('actions') } });
  const thrown = await lambda.invoke('actions', { do: 'throw', message: 'no good' });
  t.like(thrown.error, { errorType: 'TypeError', errorMessage: 'no good' });
  t.true(thrown.error?.trace?.some((line) => line.includes('fixtures/actions.ts')));
  const text = await lambda.invoke('actions', { do: 'throw-text', text: 'no error at all' });
  t.like(text.error, { errorType: 'string', errorMessage: 'no error at all' });
  t.is((await lambda.invoke('actions', { do: 'return' })).payload, 'null');
  t.like(lambda.stats('actions'), { invocations: 3, errors: 2, coldStarts: 1 });
});

test('a handler that outlives its time is killed, even in the midst of a loop; the next invocation gets a fresh process', async (t) => {
  const lambda = await startTestLambda(t, { actions: { module: fixture('actions'), timeoutMs: 750 } });
  for (const hangs of ['hang', 'spin']) {
    const result = await lambda.invoke('actions', { do: hangs });
    t.is(result.error?.errorType, 'Sandbox.Timedout');
    t.is(result.error?.errorMessage, `RequestId: ${result.requestId} Error: Task timed out after 0.75 seconds`);
    t.deepEqual(lambda.pids(), []);
  }
  t.like(lambda.stats('actions'), { invocations: 2, errors: 2, timeouts: 2, coldStarts: 2, kills: 0 });
});

test('a process that exits fails the invocation; the next one gets a new process', async (t) => {
  const lambda = await startTestLambda(t, { actions: { module: fixture('actions') } });
  const messageOf = async (event: unknown) => {
    const { error, requestId } = await lambda.invoke('actions', event);
    t.is(error?.errorType, 'Runtime.ExitError');
    return error?.errorMessage.replace(requestId, '<id>');
  };
  t.is(await messageOf({ do: 'exit', code: 3 }), 'RequestId: <id> Error: Runtime exited with error: exit status 3');
  t.is(await messageOf({ do: 'exit', code: 0 }), 'RequestId: <id> Error: Runtime exited without providing a reason');
  t.regex((await messageOf({ do: 'crash-in-background' })) ?? '', /exit status 1$/);
  t.true(lambda.logs('actions').some((line) => line.includes('nobody catches this')));
  t.is((await lambda.invoke('actions', { do: 'return', value: 1 })).payload, '1');
  t.like(lambda.stats('actions'), { errors: 3, timeouts: 0, coldStarts: 4 });
});

test('a module that does not load, or lacks its handler, fails each invocation, with a new attempt at loading it', async (t) => {
  const lambda = await startTestLambda(t, {
    broken: { module: fixture('broken') },
    missing: { module: fixture('actions'), exportName: 'nothing' },
  });
  for (const _ of [1, 2]) {
    t.like((await lambda.invoke('broken', {})).error, {
      errorType: 'RangeError',
      errorMessage: 'this module does not load',
    });
  }
  t.like(lambda.stats('broken'), { errors: 2, coldStarts: 2 });
  t.is((await lambda.invoke('missing', {})).error?.errorType, 'Runtime.HandlerNotFound');
  t.deepEqual(lambda.pids(), []);
});

test('an answer that is larger than Lambda allows is an error', async (t) => {
  const lambda = await startTestLambda(t, { actions: { module: fixture('actions') } });
  const most = 6 * 1024 * 1024;
  t.is((await lambda.invoke('actions', { do: 'return-bytes', bytes: most - 2 })).error, null);
  const { error } = await lambda.invoke('actions', { do: 'return-bytes', bytes: most - 1 });
  t.is(error?.errorType, 'Function.ResponseSizeTooLarge');
});

test('when an invocation has ended, all that it printed is in the log, to the last character', async (t) => {
  const lambda = await startTestLambda(t, { actions: { module: fixture('actions') } });
  const lines = Array.from({ length: 3000 }, (_, index) => `line ${index} ${'ü'.repeat(50)}`);
  await lambda.invoke('actions', { do: 'print', lines, end: 'no end of line' });
  const logs = lambda.logs('actions');
  t.deepEqual(
    logs.filter((line) => line.startsWith('line')),
    lines,
  );
  t.is(logs.filter((line) => line === 'no end of line').length, 2);
  t.is(logs.length, lines.length + 2);
});

test('no more processes run at the same time than the concurrency allows', async (t) => {
  const lambda = await startTestLambda(t, { counter: { module: fixture('counter'), concurrency: 2 } });
  const all = await Promise.all(Array.from({ length: 6 }, () => lambda.invoke('counter', null)));
  t.true(new Set(all.map(({ payload }) => counterOf(payload).pid)).size <= 2);
  t.like(lambda.stats('counter'), { invocations: 6, maxRunning: 2, throttles: 0 });
});

test('when the runtime stops, running and waiting invocations end, and no process is left', async (t) => {
  const lambda = await startTestLambda(t, { actions: { module: fixture('actions'), concurrency: 2 } });
  const running = [1, 2].map(() => lambda.invoke('actions', { do: 'hang' }));
  const waiting = lambda.invoke('actions', { do: 'return' });
  while (lambda.logs('actions').length < 2) await sleep(5);
  const pids = lambda.pids();
  t.is(pids.length, 2);
  const refused = t.throwsAsync(waiting, { code: 'ERR_STATE' });
  await lambda.stop();
  for (const { error } of await Promise.all(running)) t.is(error?.errorType, 'Runtime.ExitError');
  await refused;
  await t.throwsAsync(lambda.invoke('actions', {}), { code: 'ERR_STATE' });
  t.deepEqual(lambda.pids(), []);
  for (const pid of pids) t.throws(() => process.kill(pid, 0), { code: 'ESRCH' });
  t.is(lambda.stats('actions').kills, 0);
});

test('the error for an unknown function lists the known ones', async (t) => {
  const lambda = await startTestLambda(t, { one: { module: fixture('counter') }, two: { module: fixture('counter') } });
  await t.throwsAsync(lambda.invoke('three', {}), { code: 'ERR_NOT_FOUND', message: /three; there are: one, two/ });
  t.throws(() => lambda.stats('three'), { code: 'ERR_NOT_FOUND' });
  t.throws(() => lambda.invokeAsync('three', {}), { code: 'ERR_NOT_FOUND' });
});
