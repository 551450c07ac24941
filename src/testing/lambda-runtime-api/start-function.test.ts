import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { tempFolder } from '../temp-folder.ts';
import { startFunction } from './start-function.ts';

async function start(t: ExecutionContext, source: string, options: { handler?: string; timeoutMs?: number } = {}) {
  const taskRoot = tempFolder(t);
  writeFileSync(join(taskRoot, 'index.mjs'), source);
  const running = await startFunction({
    ...{ taskRoot, name: 'f', handler: 'index.handler', env: { SETTING: 'given' }, memoryMb: 512, ...options },
  });
  t.teardown(() => running.stop());
  return running;
}

test('a function handles one event after the other, keeps its memory between them, and knows its context', async (t) => {
  const running = await start(
    t,
    `let count = 0;
    export const handler = async (event, context) => ({ event, count: ++count, name: context.functionName, memory: context.memoryLimitInMB,
      left: context.getRemainingTimeInMillis(), id: context.awsRequestId, cwd: process.cwd() === process.env.LAMBDA_TASK_ROOT });`,
  );
  t.is(running.initError, null);
  for (const count of [1, 2]) {
    const { requestId, payload } = await running.invoke({ n: count });
    const { left, ...rest } = JSON.parse(payload);
    t.deepEqual(rest, { event: { n: count }, count, name: 'f', memory: '512', id: requestId, cwd: true });
    t.true(left > 0 && left <= 60_000);
  }
  t.true(running.initMs > 0);
  t.is(running.stderr(), '');
});

test('the environment of a function has the variables of Lambda and its own, and none of this process', async (t) => {
  process.env['REARVIEW_TEST_SECRET'] = 'of the tests';
  t.teardown(() => delete process.env['REARVIEW_TEST_SECRET']);
  const running = await start(t, 'export const handler = async () => process.env;');
  const env = JSON.parse((await running.invoke({})).payload);
  t.like(env, { SETTING: 'given', _HANDLER: 'index.handler', AWS_REGION: 'us-east-1', TZ: 'UTC' });
  t.regex(env['_X_AMZN_TRACE_ID'], /^Root=/);
  t.false('REARVIEW_TEST_SECRET' in env || 'HOME' in env);
});

test('an exception of a handler is an error, and the function continues', async (t) => {
  const running = await start(t, 'export const handler = async (e) => { if (e.bad) throw new TypeError("no good"); };');
  t.like((await running.invoke({ bad: true })).error, { errorType: 'TypeError', errorMessage: 'no good' });
  t.deepEqual((await running.invoke({})).payload, 'null');
});

test('a function that cannot be loaded reports why', async (t) => {
  const thrown = await start(t, 'throw new RangeError("while loading");');
  t.like(thrown.initError, { errorType: 'RangeError', errorMessage: 'while loading' });
  t.is((await start(t, '', { handler: 'other.handler' })).initError?.errorType, 'Runtime.ImportModuleError');
  t.is((await start(t, '')).initError?.errorType, 'Runtime.HandlerNotFound');
  t.is((await start(t, 'process.exit(3)')).initError?.errorType, 'Runtime.ExitError');
});

test('a function that outlives its time or ends its process fails, and stays gone', async (t) => {
  const spinning = await start(t, 'export const handler = async () => { for (;;); };', { timeoutMs: 300 });
  t.is((await spinning.invoke({})).error?.errorType, 'Sandbox.Timedout');
  t.is((await spinning.invoke({})).error?.errorType, 'Runtime.ExitError');
  const leaving = await start(t, 'export const handler = async () => process.exit(0);');
  t.is((await leaving.invoke({})).error?.errorType, 'Runtime.ExitError');
});
