import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { InvokeCommand, type InvokeCommandInput, LambdaClient } from '@aws-sdk/client-lambda';
import test, { type ExecutionContext } from 'ava';
import type { FunctionOptions } from './function-options.ts';
import { createJournal, fixture, startTestLambda } from './start-test-lambda.ts';

async function start(t: ExecutionContext, options: Partial<FunctionOptions> = {}) {
  const lambda = await startTestLambda(t, { actions: { module: fixture('actions'), ...options } });
  const client = new LambdaClient({
    ...{ endpoint: lambda.endpoint, region: 'us-east-1', maxAttempts: 1 },
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  t.teardown(() => client.destroy());
  const invoke = (input: Omit<InvokeCommandInput, 'FunctionName'> & { FunctionName?: string }) =>
    client.send(new InvokeCommand({ FunctionName: 'actions', ...input }));
  return { lambda, invoke };
}

test('the SDK gets the result of the handler', async (t) => {
  const { invoke } = await start(t);
  const result = await invoke({ Payload: JSON.stringify({ do: 'return', value: { a: 'ü' } }) });
  t.is(result.StatusCode, 200);
  t.is(result.FunctionError, undefined);
  t.is(result.ExecutedVersion, '$LATEST');
  t.deepEqual(JSON.parse(result.Payload?.transformToString() ?? ''), { a: 'ü' });
});

test('a function is found by its name, its ARN, or part of it, with a qualifier or without', async (t) => {
  const { lambda, invoke } = await start(t);
  const arn = 'arn:aws:lambda:us-east-1:000000000000:function:actions';
  const names = ['actions', arn, `${arn}:live`, '000000000000:function:actions', 'actions:live'];
  for (const FunctionName of names) await invoke({ FunctionName, Payload: '{"do":"return"}' });
  await invoke({ Qualifier: '7', Payload: '{"do":"return"}' });
  t.is(lambda.stats('actions').invocations, names.length + 1);
});

test('a handler receives the requested alias, in whatever form, or none', async (t) => {
  const { lambda, invoke } = await start(t, { module: fixture('counter') });
  const arn = 'arn:aws:lambda:us-east-1:000000000000:function:actions';
  const errorOf = async (input: Parameters<typeof invoke>[0]) => {
    const { Payload } = await invoke({ ...input, Payload: '{}' });
    return JSON.parse(Payload?.transformToString() ?? '').context.invokedFunctionArn;
  };
  t.is(await errorOf({}), arn);
  t.is(await errorOf({ FunctionName: 'actions:live' }), `${arn}:live`);
  t.is(await errorOf({ FunctionName: `${arn}:live` }), `${arn}:live`);
  t.is(await errorOf({ Qualifier: 'preview' }), `${arn}:preview`);
  const { payload } = await lambda.invoke('actions:preview', {});
  t.is(JSON.parse(payload).context.invokedFunctionArn, `${arn}:preview`);
});

test('the SDK learns that the function failed from the header, and why from the payload', async (t) => {
  const { invoke } = await start(t);
  const result = await invoke({ Payload: '{"do":"throw","message":"no good"}' });
  t.is(result.StatusCode, 200);
  t.is(result.FunctionError, 'Unhandled');
  t.like(JSON.parse(result.Payload?.transformToString() ?? ''), { errorType: 'TypeError', errorMessage: 'no good' });
});

test('without a payload the event is an empty object', async (t) => {
  const { invoke } = await start(t);
  const result = await invoke({});
  // Its handler wants more than that.
  t.like(JSON.parse(result.Payload?.transformToString() ?? ''), { errorType: 'ZodError' });
});

test('an asynchronous event is accepted at once and handled afterwards', async (t) => {
  const { lambda, invoke } = await start(t);
  const journal = createJournal(t);
  const event = { do: 'pass-marks', marks: ['done'], journal: journal.path };
  const result = await invoke({ InvocationType: 'Event', Payload: JSON.stringify(event) });
  t.is(result.StatusCode, 202);
  await lambda.idle();
  t.deepEqual(journal.lines(), ['done']);
});

test('a dry run calls nothing', async (t) => {
  const { lambda, invoke } = await start(t);
  t.is((await invoke({ InvocationType: 'DryRun', Payload: '{"do":"return"}' })).StatusCode, 204);
  t.is(lambda.stats('actions').invocations, 0);
});

test('an unknown function and an event that is not JSON are refused', async (t) => {
  const { lambda, invoke } = await start(t);
  await t.throwsAsync(invoke({ FunctionName: 'other' }), {
    name: 'ResourceNotFoundException',
    message: 'Function not found: arn:aws:lambda:us-east-1:000000000000:function:other',
  });
  await t.throwsAsync(invoke({ Payload: '{' }), { name: 'InvalidRequestContentException' });
  t.is(lambda.stats('actions').invocations, 0);
});

test('events may have 6 MB, and asynchronous ones 1 MB', async (t) => {
  const { lambda, invoke } = await start(t);
  const eventOf = (bytes: number) => {
    const rest = '{"do":"return","pad":""}';
    return rest.replace('""', `"${'x'.repeat(bytes - rest.length)}"`);
  };
  const mb = 1024 * 1024;
  t.is((await invoke({ Payload: eventOf(6 * mb) })).StatusCode, 200);
  await t.throwsAsync(invoke({ Payload: eventOf(6 * mb + 1) }), { name: 'RequestTooLargeException' });
  t.is((await invoke({ InvocationType: 'Event', Payload: eventOf(mb) })).StatusCode, 202);
  await t.throwsAsync(invoke({ InvocationType: 'Event', Payload: eventOf(mb + 1) }), {
    name: 'RequestTooLargeException',
  });
  await lambda.idle();
  t.like(lambda.stats('actions'), { invocations: 2, errors: 0 });
});

test('a synchronous call is refused when the concurrency is used up', async (t) => {
  const { lambda, invoke } = await start(t, { concurrency: 1 });
  const first = invoke({ Payload: '{"do":"hang"}' });
  while (lambda.logs('actions').length === 0) await sleep(5);
  await t.throwsAsync(invoke({ Payload: '{"do":"return"}' }), { name: 'TooManyRequestsException' });
  t.is(lambda.stats('actions').throttles, 1);
  await lambda.kill('actions');
  t.is((await first).FunctionError, 'Unhandled');
});

test('other paths and methods are not served', async (t) => {
  const { lambda } = await start(t);
  for (const [method, path] of [
    ['GET', '/2015-03-31/functions/actions/invocations'],
    ['POST', '/2015-03-31/functions/actions'],
  ] as const) {
    t.is((await fetch(lambda.endpoint + path, { method })).status, 404);
  }
});

test('a runtime that stops does not wait for a request that is never finished', async (t) => {
  const { lambda } = await start(t);
  const socket = connect(Number(new URL(lambda.endpoint).port), '127.0.0.1');
  const path = '/2015-03-31/functions/actions/invocations';
  socket.on('error', () => undefined);
  socket.write(`POST ${path} HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: 10\r\n\r\n`);
  // The server has begun to read it.
  await once(socket, 'data');
  const closed = once(socket, 'close');
  await lambda.stop();
  await closed;
  t.pass();
});

test('a runtime that stops leaves no caller waiting, and no port open', async (t) => {
  const { lambda, invoke } = await start(t);
  const waiting = invoke({ Payload: '{"do":"hang"}' }).catch((error: unknown) => error);
  while (lambda.logs('actions').length === 0) await sleep(5);
  await lambda.stop();
  t.truthy(await waiting);
  await t.throwsAsync(fetch(lambda.endpoint));
});
