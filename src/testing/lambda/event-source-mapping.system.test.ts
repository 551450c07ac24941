import { setTimeout as sleep } from 'node:timers/promises';
import test from 'ava';
import { startMappedFunction as start, textsOf } from './start-mapped-function.ts';
import { fixture, startTestLambda } from './start-test-lambda.ts';

test('existing and new messages are handled in batches, once each, and deleted', async (t) => {
  const { lambda, map, send, deliveries, queue } = await start(t);
  const bodies = Array.from({ length: 25 }, (_, index) => `m${index}`);
  await send(...bodies.slice(0, 20));
  await map({ batchSize: 7, maxConcurrency: 3 });
  await send(...bodies.slice(20));
  await lambda.idle();
  t.deepEqual(
    deliveries()
      .map(({ body }) => body)
      .toSorted(),
    bodies.toSorted(),
  );
  t.true(deliveries().every(({ batch, receives }) => batch <= 7 && receives === 1));
  t.like(await queue(), { visible: 0, inFlight: 0 });
});

test('a window collects messages into one batch, which may exceed one poll and not the configured size', async (t) => {
  const { lambda, map, send, deliveries } = await start(t);
  await map({ batchSize: 15, windowMs: 60_000 });
  await send(...Array.from({ length: 30 }, (_, index) => `m${index}`));
  await lambda.idle();
  t.is(deliveries().length, 30);
  t.deepEqual([...new Set(deliveries().map(({ batch }) => batch))], [15]);
});

test('no more batches are handled at the same time than the mapping allows, and no more messages taken', async (t) => {
  const { lambda, map, send, queue } = await start(t, { function: { concurrency: 10 } });
  const gate = Promise.withResolvers<boolean>();
  let held = 0;
  lambda.setChaos({
    killAtMark() {
      held += 1;
      return gate.promise;
    },
  });
  await send(...Array.from({ length: 10 }, (_, index) => `m${index}`));
  await map({ batchSize: 1, maxConcurrency: 2 });
  while (held < 2) await sleep(5);
  // As long as two are held, all others stay in the queue, however often one looks.
  for (let look = 0; look < 30; look += 1) t.like(await queue(), { visible: 8, inFlight: 2 });
  gate.resolve(false);
  await lambda.idle();
  t.like(lambda.stats('batch'), { invocations: 10, maxRunning: 2, coldStarts: 2 });
});

test('idle waits for messages that are delayed', async (t) => {
  const { lambda, map, send, deliveries } = await start(t, { attributes: { DelaySeconds: '2' } });
  await map();
  await send('a');
  await lambda.idle();
  t.is(deliveries().length, 1);
});

test('the end of a window sends its messages to the function', async (t) => {
  const { lambda, map, send, deliveries } = await start(t);
  await map({ batchSize: 25, windowMs: 50 });
  await send('a');
  await lambda.idle();
  t.deepEqual(textsOf(deliveries()), ['a: 1']);
});

test('only the messages that the function names are delivered again, and finally become dead letters', async (t) => {
  const { lambda, map, send, deliveries, dead } = await start(t);
  await send('fine', 'fail 1', 'fail');
  await map();
  await lambda.idle();
  t.deepEqual(textsOf(deliveries()), ['fail 1: 1', 'fail 1: 2', 'fail: 1', 'fail: 2', 'fail: 3', 'fine: 1']);
  t.is(await dead(), 1);
  t.is(lambda.stats('batch').errors, 0);
});

test('a function that throws gets the whole batch again', async (t) => {
  const { lambda, map, send, deliveries, dead } = await start(t, { maxReceives: 2 });
  await send('first', 'throw');
  await map();
  await lambda.idle();
  t.deepEqual(textsOf(deliveries()), ['first: 1', 'first: 2', 'throw: 1', 'throw: 2']);
  t.is(await dead(), 2);
  t.like(lambda.stats('batch'), { errors: 2, coldStarts: 1 });
});

test('a function that names an unknown message gets the whole batch again', async (t) => {
  const { lambda, map, send, deliveries, dead } = await start(t, { maxReceives: 2 });
  await send('fine', 'name nobody');
  await map();
  await lambda.idle();
  t.deepEqual(textsOf(deliveries()), ['fine: 1', 'fine: 2', 'name nobody: 1', 'name nobody: 2']);
  t.is(await dead(), 2);
});

test('without reports of failures a function that returns has done all', async (t) => {
  const { lambda, map, send, deliveries, dead } = await start(t);
  await send('fail', 'fine');
  await map({ reportBatchItemFailures: false });
  await lambda.idle();
  t.deepEqual(textsOf(deliveries()), ['fail: 1', 'fine: 1']);
  t.is(await dead(), 0);
});

test('a function whose time is over gets the whole batch again', async (t) => {
  const { lambda, map, send, dead } = await start(t, { maxReceives: 2, function: { timeoutMs: 500 } });
  await send('hang');
  await map();
  await lambda.idle();
  t.is(await dead(), 1);
  t.like(lambda.stats('batch'), { invocations: 2, errors: 2, timeouts: 2, coldStarts: 2 });
});

test('failed messages are delivered again after the visibility timeout, or at once if the test requests it', async (t) => {
  const attributes = { VisibilityTimeout: '2' };
  const { lambda, map, send, deliveries } = await start(t, { attributes, function: { timeoutMs: 2000 } });
  await send('fail 1');
  const before = performance.now();
  await map({ returnAtOnce: false });
  await lambda.idle();
  t.true(performance.now() - before >= 2000);
  t.like(deliveries(), [{ receives: 1 }, { receives: 2 }]);
});

test('a mapping waits for the concurrency of its function', async (t) => {
  const { lambda, map, send, deliveries } = await start(t, { function: { concurrency: 1 } });
  await send('a', 'b', 'c', 'd');
  await map({ batchSize: 1, maxConcurrency: 4 });
  await lambda.idle();
  t.deepEqual(textsOf(deliveries()), ['a: 1', 'b: 1', 'c: 1', 'd: 1']);
  t.like(lambda.stats('batch'), { maxRunning: 1, throttles: 0 });
});

test('a function that is busy for the whole visibility timeout throttles the batch, which is delivered again', async (t) => {
  const { lambda, map, send, deliveries, queue } = await start(t, {
    attributes: { VisibilityTimeout: '1' },
    maxReceives: 100,
    function: { timeoutMs: 1000, concurrency: 1 },
  });
  const record = { messageId: 'x', receiptHandle: 'x', body: 'hang', attributes: { ApproximateReceiveCount: '0' } };
  const keepBusy = async () => {
    while (lambda.stats('batch').throttles === 0) await lambda.invoke('batch', { Records: [record] });
  };
  // One runs until its time-out, and another waits before the batch.
  const busy = Promise.all([keepBusy(), keepBusy()]);
  await send('late');
  await map();
  await busy;
  await lambda.idle();
  const late = deliveries().filter(({ body }) => body === 'late');
  t.true(late.length > 0);
  t.true(late.every(({ receives }) => receives > 1));
  t.like(await queue(), { visible: 0, inFlight: 0 });
});

test('a mapping that is stopped takes no more messages and strands none', async (t) => {
  const { lambda, map, send, deliveries, queue } = await start(t);
  const mapping = await map();
  await send('a');
  await lambda.idle();
  const stopped = mapping.stop();
  await send('b', 'c');
  await stopped;
  t.like(await queue(), { visible: 2, inFlight: 0 });
  t.is(deliveries().length, 1);
  // The mapping no longer reads the queue.
  await lambda.idle();
  await map();
  await lambda.idle();
  t.deepEqual(
    deliveries()
      .map(({ body }) => body)
      .toSorted(),
    ['a', 'b', 'c'],
  );
});

test('remaining work is listed if the functions are not idle in time', async (t) => {
  const { lambda, map, send, deliveries } = await start(t);
  await map();
  await send('hang');
  while (deliveries().length === 0) await sleep(5);
  await t.throwsAsync(lambda.idle({ timeoutMs: 1 }), {
    code: 'ERR_STATE',
    message: /a batch for batch \(since \d+ ms\).*batch, request .*queue live \(visible 0, in flight 1, delayed 0\)/,
  });
});

test('mappings that AWS would refuse are refused', async (t) => {
  const { map, lambda, queueUrl } = await start(t, { attributes: { VisibilityTimeout: '19' } });
  await t.throwsAsync(map(), { code: 'ERR_CONFIG', message: /visibility timeout \(19000 ms\).*\(20000 ms\)/ });
  await t.throwsAsync(map({ batchSize: 11 }), { code: 'ERR_CONFIG', message: /give windowMs/ });
  await t.throwsAsync(map({ batchSize: 0 }), { code: 'ERR_CONFIG' });
  await t.throwsAsync(map({ batchSize: 10_001, windowMs: 1000 }), { code: 'ERR_CONFIG' });
  await t.throwsAsync(lambda.map({ queueUrl, function: 'other' }), { code: 'ERR_NOT_FOUND' });
  const alone = await startTestLambda(t, { batch: { module: fixture('batch') } });
  await t.throwsAsync(alone.map({ queueUrl, function: 'batch' }), { code: 'ERR_CONFIG', message: /give sqs/ });
});
