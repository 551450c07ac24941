import test from 'ava';
import { startRuntimeApi } from './runtime-api.ts';

async function startApi(t: { teardown(end: () => Promise<void>): void }) {
  const api = await startRuntimeApi({
    functionArn: 'arn:aws:lambda:us-east-1:000000000000:function:f',
    timeoutMs: 5000,
  });
  t.teardown(() => api.close());
  const url = (path: string) => `http://${api.address}/2018-06-01/runtime${path}`;
  return {
    api,
    next: () => fetch(url('/invocation/next')),
    post: (path: string, body: string) => fetch(url(path), { method: 'POST', body }),
  };
}

test('a runtime that requests an event is initialized, and gets the event with its context in headers', async (t) => {
  const { api, next, post } = await startApi(t);
  const asked = next();
  t.is(await api.initialized, null);
  const before = Date.now();
  const result = api.invoke('{"a":1}', 'r1');
  const response = await asked;
  t.is(await response.text(), '{"a":1}');
  t.is(response.headers.get('lambda-runtime-aws-request-id'), 'r1');
  t.is(response.headers.get('lambda-runtime-invoked-function-arn'), 'arn:aws:lambda:us-east-1:000000000000:function:f');
  const deadline = Number(response.headers.get('lambda-runtime-deadline-ms'));
  t.true(deadline >= before + 5000 && deadline <= Date.now() + 5000);
  t.regex(response.headers.get('lambda-runtime-trace-id') ?? '', /^Root=1-/);
  t.is((await post('/invocation/r1/response', '"done"')).status, 202);
  t.deepEqual(await result, { requestId: 'r1', payload: '"done"', error: null });
});

test('an event waits for the runtime, and the next event for the previous answer', async (t) => {
  const { api, next, post } = await startApi(t);
  const first = api.invoke('1', 'r1');
  t.throws(() => void api.invoke('2', 'r2'), { code: 'ERR_STATE' });
  await (await next()).text();
  t.is((await next()).status, 403);
  await post('/invocation/r1/response', 'null');
  await first;
  const second = api.invoke('2', 'r2');
  t.is(await (await next()).text(), '2');
  await post('/invocation/r2/response', 'null');
  t.is((await second).requestId, 'r2');
});

test('an answer to no request under way is refused', async (t) => {
  const { api, next, post } = await startApi(t);
  t.is((await post('/invocation/r1/response', 'null')).status, 400);
  const result = api.invoke('1', 'r1');
  t.is((await post('/invocation/r1/response', '"too early"')).status, 400);
  await next();
  t.is((await post('/invocation/other/response', 'null')).status, 400);
  t.is((await post('/invocation/r1/response', '"mine"')).status, 202);
  t.is((await result).payload, '"mine"');
});

test('errors of an invocation and of the initialization are passed on as the runtime reports them', async (t) => {
  const { api, next, post } = await startApi(t);
  const result = api.invoke('1', 'r1');
  await next();
  const error = { errorType: 'TypeError', errorMessage: 'no good', trace: ['at a'] };
  t.is((await post('/invocation/r1/error', JSON.stringify(error))).status, 202);
  t.deepEqual((await result).error, error);

  const other = await startApi(t);
  t.is((await other.post('/init/error', JSON.stringify(error))).status, 202);
  t.deepEqual(await other.api.initialized, error);
});

test('an answer that is too large is refused and counts as an error; an unknown path of the API is not found', async (t) => {
  const { api, next, post } = await startApi(t);
  const result = api.invoke('1', 'r1');
  await next();
  t.is((await post('/invocation/r1/response', `"${'x'.repeat(6 * 1024 * 1024)}"`)).status, 413);
  t.is((await result).error?.errorType, 'Function.ResponseSizeTooLarge');
  t.is((await post('/restore/next', '')).status, 404);
});
