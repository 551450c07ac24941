import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { hasCode, RearviewError } from '../../domain/errors.ts';
import { createScanPool } from '../../engine/pool/scan-pool.ts';
import type { ObjectReader } from '../../ports/object-store.ts';
import { countCommits } from '../../testing/local/count-commits.ts';
import { previewRequest } from '../../testing/local/preview-request.ts';
import { createTestTarget, ruleFor, type TestTarget } from '../../testing/local/test-target.ts';
import { analyzeBatch } from '../analysis/analyze-batch.ts';
import type { Analyzer } from '../analysis/analyzer.ts';
import { createByteBudget } from '../analysis/byte-budget.ts';
import type { TimeLimit } from '../analysis/work-through.ts';
import type { PipelineEvent } from '../pipeline/events.ts';
import { recordDeadLetters } from '../pipeline/record-dead-letters.ts';
import { runBatcher } from '../scans/run-batcher.ts';

const never = () => Promise.reject(new Error('A preview has no use for this.'));

/** Stores that may not be asked: previews know nothing of them. */
const forbidden = {
  records: { getMany: never, putMany: never },
  alerts: { owe: never, flush: never, stop: never },
  verdicts: { give: never },
};

/**
 * A planned preview of `count` files in batches, and an analyzer for them, with all that a preview
 * must not touch out of reach.
 */
async function plan(
  t: ExecutionContext,
  count: number,
  fields: Partial<Analyzer> = {},
  rule = ruleFor('Alpha', 'alpha'),
  { untimed = false }: { readonly untimed?: boolean } = {},
) {
  const pipeline = await createTestTarget(t);
  const { target } = pipeline;
  await pipeline.write(
    Object.fromEntries(Array.from({ length: count }, (_, index) => [`f${index}`, `alpha ${index}`])),
  );
  const request = previewRequest({ now: { 'a.yar': rule } });
  await target.startPreview(request);
  const pool = createScanPool({ workers: 1 });
  t.teardown(() => pool.close());
  const events: PipelineEvent[] = [];
  const { scans, matches } = target.state;
  const analyzer: Analyzer = {
    ...{
      scans,
      pool,
      readAhead: 0,
      budget: createByteBudget(2 ** 30),
      library: target.library,
      readers: target.readers,
    },
    ...{
      maxObjectBytes: target.maxObjectBytes,
      largeFiles: target.largeFiles,
      unpack: target.unpack,
      now: Date.now,
      ...forbidden,
    },
    previews: target.previews,
    matches: { ...matches, record: never },
    observe: (event) => void events.push(event),
    ...fields,
  };
  const { queues } = target.state;
  const batcher = { ...analyzer, readersFor: async () => target.readers, queues, owner: 'test', untimed };
  await runBatcher(batcher, request.scanId, AbortSignal.timeout(60_000));
  const batchOf = (index: number) => `${request.scanId}/${String(index).padStart(8, '0')}`;
  const analyze = (index: number, options: { readonly lastAttempt: boolean; readonly time?: TimeLimit }) =>
    analyzeBatch(analyzer, { scanId: request.scanId, batchId: batchOf(index) }, options);
  return { pipeline, scanId: request.scanId, analyzer, analyze, batchOf, events };
}

/** Time for so many looks at the clock. */
function timeFor(looks: number): TimeLimit {
  let left = looks;
  return { isTimeLeft: () => left-- > 0, giveUp: new AbortController().signal };
}

const scanOf = ({ target }: TestTarget, scanId: string) => target.state.scans.get(scanId);

test('where deliveries are timed, a batch of a preview has at most eight objects, and nothing else is read or recorded of them', async (t) => {
  const { pipeline, scanId, analyze, events } = await plan(t, 25);
  t.like(await scanOf(pipeline, scanId), { batches: { planned: 4 }, listed: { objects: 25 }, listingDone: true });
  for (const index of [0, 1, 2, 3]) t.is(await analyze(index, { lastAttempt: false }), 'done');
  t.like(await scanOf(pipeline, scanId), { state: 'completed', counts: { objects: 25, scanned: 25, matches: 25 } });
  t.is(events.filter(({ type }) => type === 'object').length, 25);
  t.true(events.every((event) => event.type !== 'object' || event.kind === 'preview'));
  t.is(await analyze(0, { lastAttempt: false }), 'done', 'again it comes to the same');
  t.like(await scanOf(pipeline, scanId), { state: 'completed', counts: { objects: 25, scanned: 25, matches: 25 } });
});

test('without a time limit, a preview writes one transaction for each hundred objects', async (t) => {
  const { pipeline, scanId, analyze } = await plan(t, 250, {}, ruleFor('Alpha', 'alpha'), { untimed: true });
  t.like(await scanOf(pipeline, scanId), { batches: { planned: 3 }, listed: { objects: 250 }, listingDone: true });
  const commits = countCommits(pipeline.target.state.db, join(pipeline.dir, 'state', 'state.db'));
  t.is(commits(), 0);
  for (const index of [0, 1, 2]) t.is(await analyze(index, { lastAttempt: false }), 'done');
  t.like(await scanOf(pipeline, scanId), { state: 'completed', counts: { objects: 250, matches: 250 } });
  t.is(commits(), 4, 'three batches and the end of the scan');
});

test('on one machine, a delivery has no time limit', async (t) => {
  const { target, write, start, ended } = await createTestTarget(t);
  await write(Object.fromEntries(Array.from({ length: 110 }, (_, index) => [`f${index}`, `alpha ${index}`])));
  const request = previewRequest({ now: { 'a.yar': ruleFor('Alpha', 'alpha') } });
  await target.startPreview(request);
  await start();
  t.like(await ended(request.scanId), { state: 'completed', batches: { planned: 2 }, counts: { scanned: 110 } });
});

test('a batch that names an object outside the areas of previews is not read, whatever wrote it', async (t) => {
  const { pipeline, scanId, analyze, analyzer } = await plan(t, 2);
  const within = [{ bucket: 'file', prefix: `${pipeline.corpusDir}/f0` }];
  Object.assign(analyzer, { previews: { ...analyzer.previews, within } });
  t.is(await analyze(0, { lastAttempt: false }), 'done');
  const ledger = await pipeline.ledger(scanId);
  t.deepEqual(
    ledger.map(({ key, preview, outcome }) => [key.slice(-2), preview !== undefined, outcome.status]).sort(),
    [
      ['f0', true, 'scanned'],
      ['f1', false, 'failed'],
    ],
  );
});

test('a preview whose rules are not loaded in time fails with that reason', async (t) => {
  // No thread starts as fast.
  const pool = createScanPool({ workers: 1, loadDeadlineMs: 1 });
  t.teardown(() => pool.close());
  const { pipeline, scanId, analyze } = await plan(t, 3, { pool });
  t.is(await analyze(0, { lastAttempt: false }), 'done');
  const scan = await scanOf(pipeline, scanId);
  t.is(scan?.state, 'failed');
  t.regex(scan?.error ?? '', /did not compile ruleset \w+ within 1 ms/);
});

test('texts that rules of a preview print are reported with the object if results may have bytes of files', async (t) => {
  const { pipeline, analyze, analyzer, events, scanId } = await plan(
    t,
    1,
    {},
    'import "console" rule Alpha { condition: console.log("seen") }',
  );
  Object.assign(analyzer, { previews: { ...analyzer.previews, matchedBytes: true } });
  t.is(await analyze(0, { lastAttempt: false }), 'done');
  const [printed, object] = events.filter(({ type }) => type === 'printed' || type === 'object');
  t.like(printed, { type: 'printed', scanId, kind: 'preview', printed: { lines: ['seen'], dropped: 0 } });
  t.like(object, { type: 'object' });
  if (printed?.type === 'printed') t.true(pipeline.target.buckets.includes(printed.object.bucket));
});

test('a batch that runs out of time reports nothing and is to be delivered again, until its last delivery', async (t) => {
  const { pipeline, scanId, analyze } = await plan(t, 5);
  const { queues } = pipeline.target.state;
  const error = await t.throwsAsync(analyze(0, { lastAttempt: false, time: timeFor(4) }));
  t.true(hasCode(error, 'ERR_UNAVAILABLE') && error.retryable);
  t.regex(error?.message ?? '', /retried from the start/);
  t.like(await scanOf(pipeline, scanId), { state: 'running', counts: { objects: 0 }, batches: { reported: 0 } });
  t.like(await queues.preview.stats(), { visible: 1, inFlight: 0 }, 'it is not sent again');

  t.is(await analyze(0, { lastAttempt: true, time: timeFor(4) }), 'done');
  t.like(await scanOf(pipeline, scanId), { state: 'completed', counts: { objects: 5, scanned: 2, failed: 3 } });
  const entries = await pipeline.ledger(scanId);
  for (const { outcome } of entries.filter((each) => each.outcome.status === 'failed')) {
    t.like(outcome, { reason: 'timeout', detail: 'the time for its batch ran out before it was scanned' });
  }
});

test('an object whose scan cannot finish fails on the last delivery, and the others keep their outcomes', async (t) => {
  const { pipeline, scanId, analyze, analyzer } = await plan(t, 3);
  const giving = new AbortController();
  const reader = pipeline.target.readers.get('file');
  if (reader === undefined) return t.fail();
  let reads = 0;
  const hanging: ObjectReader = {
    ...reader,
    list: (options) => reader.list(options),
    head: (ref) => reader.head(ref),
    read(ref, options) {
      reads += 1;
      if (reads < 3) return reader.read(ref, options);
      giving.abort();
      return new Promise(() => undefined);
    },
  };
  Object.assign(analyzer, { readers: new Map([['file', hanging]]) });
  const time = { isTimeLeft: () => true, giveUp: giving.signal };
  t.is(await analyze(0, { lastAttempt: true, time }), 'done');
  t.like(await scanOf(pipeline, scanId), { state: 'completed', counts: { scanned: 2, failed: 1 } });
  const failed = (await pipeline.ledger(scanId)).find(({ outcome }) => outcome.status === 'failed');
  t.like(failed?.outcome, { reason: 'unreadable' });
});

test('a retryable error keeps a batch from reporting until its last delivery', async (t) => {
  const { pipeline, scanId, analyze, analyzer } = await plan(t, 2);
  const unavailable = new RearviewError('ERR_UNAVAILABLE', 'slow down', { retryable: true });
  const down = { bucket: 'file', list: never, head: never, read: () => Promise.reject(unavailable) };
  Object.assign(analyzer, { readers: new Map([['file', down]]) });
  t.is(await t.throwsAsync(analyze(0, { lastAttempt: false })), unavailable);
  t.like(await scanOf(pipeline, scanId), { counts: { objects: 0 } });
  t.is(await analyze(0, { lastAttempt: true }), 'done');
  t.like(await scanOf(pipeline, scanId), { state: 'completed', counts: { objects: 2, failed: 2 } });
});

test('a preview that was cancelled or failed scans nothing more', async (t) => {
  const { pipeline, scanId, analyze, events } = await plan(t, 2);
  await pipeline.target.cancelPreview(scanId);
  t.is(await analyze(0, { lastAttempt: false }), 'done');
  t.like(await scanOf(pipeline, scanId), { state: 'cancelled', counts: { objects: 0 } });
  t.deepEqual(events, []);
});

test('a dead letter of a preview fails its objects without a look at the records, and the preview ends', async (t) => {
  const { pipeline, scanId, analyzer, batchOf } = await plan(t, 12);
  const letters = [0, 1].map((index) => ({
    ...{ id: `${index}`, sentAt: new Date().toISOString(), receiveCount: 3 },
    body: JSON.stringify({ type: 'batch', scanId, batchId: batchOf(index) }),
  }));
  const queue = { ...pipeline.target.state.queues.preview, deadLetters: async () => letters };
  const settled = new Set<string>();
  await recordDeadLetters(analyzer, queue, settled);
  t.like(await scanOf(pipeline, scanId), { state: 'completed', counts: { objects: 12, failed: 12 } });
  t.true(
    (await pipeline.ledger(scanId)).every(({ outcome }) => 'reason' in outcome && outcome.reason === 'dead_letter'),
  );
});
