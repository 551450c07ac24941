import test from 'ava';
import { RearviewError } from '../../domain/errors.ts';
import type { ObjectInfo } from '../../domain/objects/object.ts';
import type { ObjectReader } from '../../ports/object-store.ts';
import { createTestTarget, ruleFor, type TestTarget } from '../../testing/local/test-target.ts';
import type { Batcher } from './batcher.ts';
import { startRetro } from './retro-scans.ts';
import { runBatcher } from './run-batcher.ts';

function begin({ target }: TestTarget, inventories: readonly string[]) {
  return startRetro(
    { scans: target.state.scans, library: target.library, now: Date.now },
    { buckets: ['corpus'], filter: {}, full: false, expected: null, inventories },
  );
}

function run(
  { target }: TestTarget,
  scanId: string,
  readersFor: Batcher['readersFor'],
  changed: Partial<Batcher> = {},
) {
  const batcher: Batcher = {
    ...{
      readersFor,
      library: target.library,
      maxObjectBytes: target.maxObjectBytes,
      largeFiles: target.largeFiles,
      unpack: target.unpack,
    },
    ...{
      records: target.state.records,
      scans: target.state.scans,
      queues: target.state.queues,
      previews: target.previews,
    },
    ...{ owner: 'test', now: Date.now, observe: () => undefined },
    ...changed,
  };
  return runBatcher(batcher, scanId, AbortSignal.timeout(60_000));
}

const alpha = { 'a.yar': ruleFor('Alpha', 'alpha') };
const urls = ['s3://inventories/manifest.json'];

test('a scan whose inventory cannot be used fails, with the reason', async (t) => {
  const pipeline = await createTestTarget(t);
  await pipeline.publish(alpha);
  const { scan } = await begin(pipeline, urls);
  t.is(await run(pipeline, scan.id, () => Promise.reject(new RearviewError('ERR_CONFIG', 'it is gone'))), 'failed');
  t.like(await pipeline.target.state.scans.get(scan.id), { state: 'failed', error: 'it is gone' });
});

test('a scan continues after a temporary error, and one that has nothing to do with inventories', async (t) => {
  const pipeline = await createTestTarget(t);
  await pipeline.publish(alpha);
  const unavailable = new RearviewError('ERR_UNAVAILABLE', 'slow down', { retryable: true });
  const wrong = new RearviewError('ERR_CONFIG', 'no such bucket');
  for (const [inventories, error] of [
    [urls, unavailable],
    [[], wrong],
  ] as const) {
    const { scan } = await begin(pipeline, inventories);
    t.is(await t.throwsAsync(run(pipeline, scan.id, () => Promise.reject(error))), error);
    t.like(await pipeline.target.state.scans.get(scan.id), { state: 'running' });
    t.is(await run(pipeline, scan.id, async () => new Map([['corpus', bucketOf([]).reader]])), 'listed');
  }
});

test('a lease is renewed while a step takes longer than it lasts', async (t) => {
  const pipeline = await createTestTarget(t);
  await pipeline.publish(alpha);
  const { scan } = await begin(pipeline, []);
  const { scans } = pipeline.target.state;
  let nowMs = Date.now();
  const renewals: (() => void)[] = [];
  const watched: Batcher['scans'] = {
    ...scans,
    async renewLease(...given) {
      await scans.renewLease(...given);
      renewals.shift()?.();
    },
  };
  const renewed = () => new Promise<void>((resolve) => renewals.push(resolve));
  const readersFor = async () => {
    for (let passed = 0; passed < 4; passed += 1) {
      nowMs += 50_000;
      // The first may have read the clock before.
      await renewed();
      await renewed();
      t.is(await scans.acquireLease(scan.id, 'another', { nowMs: nowMs + 1000, ttlMs: 60_000 }), null);
    }
    return new Map([['corpus', bucketOf([]).reader]]);
  };
  const result = await run(pipeline, scan.id, readersFor, { scans: watched, now: () => nowMs, renewMs: 5 });
  t.is(result, 'listed');
  t.not(await scans.acquireLease(scan.id, 'another', { nowMs, ttlMs: 60_000 }), null, 'it is released at the end');
});

test('large objects are not listed again with every step', async (t) => {
  const pipeline = await createTestTarget(t);
  await pipeline.publish(alpha);
  const count = 600;
  const arrivedAt = '2026-01-01T00:00:00.000Z';
  const large = Array.from({ length: count }, (_, index): ObjectInfo => {
    return { bucket: 'corpus', key: `${index}`, version: '1', size: 2 ** 26, arrivedAt };
  });
  const { reader, asked } = bucketOf(large);
  const { scan } = await begin(pipeline, []);
  t.is(await run(pipeline, scan.id, async () => new Map([['corpus', reader]])), 'listed');
  t.like(await pipeline.target.state.scans.get(scan.id), { listed: { objects: count }, batches: { planned: count } });
  t.deepEqual(asked.slice(0, 6), [0, 0, 0, 0, 16, 48], 'found out once how many fit');
  t.is(new Set(asked).size, asked.length - 3);
});

/** Answers from which object on it was asked to list, each time. */
function bucketOf(objects: readonly ObjectInfo[]) {
  const asked: number[] = [];
  const never = () => Promise.reject(new Error('not asked for'));
  const reader: ObjectReader = {
    ...{ bucket: 'corpus', head: never, read: never },
    async list({ after, limit }) {
      const from = Number(after ?? 0);
      asked.push(from);
      const end = from + limit;
      return { objects: objects.slice(from, end), problems: [], next: end < objects.length ? String(end) : null };
    },
  };
  return { reader, asked };
}
