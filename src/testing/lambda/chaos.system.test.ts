import test, { type ExecutionContext } from 'ava';
import type { Invocation } from './invocation.ts';
import type { LocalLambda } from './start-lambda.ts';
import { startMappedFunction, textsOf } from './start-mapped-function.ts';
import { createJournal, fixture, startTestLambda } from './start-test-lambda.ts';

/** A function that writes each mark that it has passed. */
async function start(t: ExecutionContext) {
  const lambda = await startTestLambda(t, { actions: { module: fixture('actions') } });
  const journal = createJournal(t);
  return { lambda, journal, event: { do: 'pass-marks', marks: ['a', 'b', 'c'], journal: journal.path } };
}

const errorOf = async (lambda: LocalLambda, event: unknown) => (await lambda.invoke('actions', event)).error;

test('a process that is killed after some time fails its invocation', async (t) => {
  const { lambda } = await start(t);
  const asked: Invocation[] = [];
  lambda.setChaos({
    kill(invocation) {
      asked.push(invocation);
      return 20;
    },
  });
  t.regex((await errorOf(lambda, { do: 'hang' }))?.errorMessage ?? '', /signal: killed$/);
  t.like(asked, [{ functionName: 'actions', number: 1 }]);
  t.like(lambda.stats('actions'), { invocations: 1, errors: 1, kills: 1, timeouts: 0 });
  lambda.setChaos({});
  t.is(await errorOf(lambda, { do: 'return' }), null);
  t.is(lambda.stats('actions').coldStarts, 2);
});

test('a handler that is killed at a mark has done all before it and nothing after it', async (t) => {
  const { lambda, journal, event } = await start(t);
  lambda.setChaos({ killAtMark: (mark) => mark === 'c' });
  t.is((await errorOf(lambda, event))?.errorType, 'Runtime.ExitError');
  t.deepEqual(journal.lines(), ['a', 'b']);
  t.is(lambda.stats('actions').kills, 1);
});

test('a handler waits at a mark until the test lets it continue', async (t) => {
  const { lambda, journal, event } = await start(t);
  const reached = Promise.withResolvers<void>();
  const gate = Promise.withResolvers<boolean>();
  lambda.setChaos({
    killAtMark(mark) {
      if (mark !== 'b') return false;
      reached.resolve();
      return gate.promise;
    },
  });
  const running = errorOf(lambda, event);
  await reached.promise;
  t.deepEqual(journal.lines(), ['a']);
  gate.resolve(false);
  t.is(await running, null);
  t.deepEqual(journal.lines(), ['a', 'b', 'c']);
});

test('a process that is killed before its answer has done its work, and its invocation fails', async (t) => {
  const { lambda, journal, event } = await start(t);
  lambda.setChaos({ kill: () => 'before-answer' });
  t.is((await errorOf(lambda, event))?.errorType, 'Runtime.ExitError');
  t.deepEqual(journal.lines(), ['a', 'b', 'c']);
  t.like(lambda.stats('actions'), { errors: 1, kills: 1 });
  t.deepEqual(lambda.pids(), []);
});

test('a process that is killed after its answer has succeeded, and is used no more', async (t) => {
  const { lambda } = await start(t);
  lambda.setChaos({ kill: () => 'after-answer' });
  t.is(await errorOf(lambda, { do: 'return' }), null);
  t.is(await errorOf(lambda, { do: 'return' }), null);
  t.like(lambda.stats('actions'), { errors: 0, kills: 2, coldStarts: 2 });
});

test('a process can be killed at a line that it prints', async (t) => {
  const { lambda } = await start(t);
  lambda.setChaos({ killAtLog: (line) => line === 'hanging' });
  t.is((await errorOf(lambda, { do: 'hang' }))?.errorType, 'Runtime.ExitError');
  t.is(lambda.stats('actions').kills, 1);
});

test('a process can be killed while it loads its handler; messages that the runtime does not know harm nothing', async (t) => {
  const lambda = await startTestLambda(t, { loading: { module: fixture('marks-while-loading') } });
  lambda.setChaos({ killAtMark: (mark, { number }) => mark === 'loading' && number === 1 });
  t.is((await lambda.invoke('loading', null)).error?.errorType, 'Runtime.ExitError');
  t.is((await lambda.invoke('loading', null)).payload, '"done"');
  t.like(lambda.stats('loading'), { kills: 1, coldStarts: 2, errors: 1 });
  t.true(lambda.logs('loading').some((line) => line.includes('use reachMark')));
});

test('a mark whose answer fails is complained of', async (t) => {
  const lines: string[] = [];
  const functions = { actions: { module: fixture('actions'), timeoutMs: 500 } };
  const lambda = await startTestLambda(t, functions, { log: (line) => lines.push(line) });
  lambda.setChaos({ killAtMark: () => Promise.reject(new Error('no idea')) });
  t.is((await errorOf(lambda, { do: 'pass-marks', marks: ['a'], journal: '' }))?.errorType, 'Sandbox.Timedout');
  t.true(lines.includes('actions: The mark a could not be answered: no idea'));
});

test('a batch that is delivered twice has the same receipts, and its messages are deleted once', async (t) => {
  const { lambda, map, send, deliveries, dead } = await startMappedFunction(t);
  lambda.setChaos({ deliverTwice: () => true });
  await send('a', 'fail 1');
  await map();
  await lambda.idle();
  t.deepEqual(textsOf(deliveries()), ['a: 1', 'a: 1', 'fail 1: 1', 'fail 1: 1', 'fail 1: 2', 'fail 1: 2']);
  const [first, second] = deliveries().filter(({ body }) => body === 'a');
  t.is(second?.receiptHandle, first?.receiptHandle);
  t.not(second?.requestId, first?.requestId);
  t.is(await dead(), 0);
});

for (const lost of [1, 2]) {
  test(`messages that either delivery of a batch completed are deleted: run ${lost} is lost`, async (t) => {
    const { lambda, map, send, deliveries } = await startMappedFunction(t);
    lambda.setChaos({ deliverTwice: () => true, kill: ({ number }) => (number === lost ? 'before-answer' : null) });
    await send('a');
    await map();
    await lambda.idle();
    t.deepEqual(textsOf(deliveries()), ['a: 1', 'a: 1']);
    t.is(lambda.stats('batch').kills, 1);
  });
}

test('a process that is killed while it waits for work is used no more', async (t) => {
  const { lambda } = await start(t);
  t.is(await errorOf(lambda, { do: 'return' }), null);
  t.is(await lambda.kill('actions'), 1);
  t.deepEqual(lambda.pids(), []);
  t.is(await errorOf(lambda, { do: 'return' }), null);
  t.like(lambda.stats('actions'), { errors: 0, kills: 1, coldStarts: 2 });
});

test('under kills at any moment every message is handled at last, and none is lost', async (t) => {
  const { lambda, map, send, deliveries, dead } = await startMappedFunction(t, { maxReceives: 1000 });
  const moments = [0, 1, 5, 20, 'before-answer', 'after-answer', null] as const;
  // Every seventh invocation is spared, so there is an end.
  lambda.setChaos({ kill: ({ number }) => moments[number % moments.length] ?? null, deliverTwice: () => true });
  const bodies = Array.from({ length: 30 }, (_, index) => `m${index}`);
  await send(...bodies);
  await map({ batchSize: 5 });
  await lambda.idle();
  t.deepEqual([...new Set(deliveries().map(({ body }) => body))].toSorted(), bodies.toSorted());
  t.is(await dead(), 0);
  t.true(lambda.stats('batch').kills > 0);
});
