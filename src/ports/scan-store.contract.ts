import type { ExecutionContext, TestFn } from 'ava';
import fc from 'fast-check';
import { type ErrorCode, hasCode } from '../domain/errors.ts';
import type { Exclusion } from '../domain/scans/exclusion.ts';
import { countEntries, type LedgerEntry, type Outcome } from '../domain/scans/outcome.ts';
import type { PreviewMatches } from '../domain/scans/preview.ts';
import { newScan, type RetroBatch, type Scan } from '../domain/scans/scan.ts';
import {
  type Checkpoint,
  type Lease,
  maxBatchesPerCheckpoint,
  maxSettledPerCheckpoint,
  maxWritesPerCheckpoint,
  type ScanStore,
} from './scan-store.ts';

const at = '2026-01-01T00:00:00.000Z';
const time = { nowMs: 1000, ttlMs: 100 };

const scan = (fields: Partial<Scan> = {}): Scan => ({
  ...newScan({
    id: 'retro-1',
    kind: 'retro',
    rulesetId: 'rs',
    full: false,
    buckets: ['corpus', 'file'],
    filter: { prefix: 'x/', minBytes: 1 },
    createdAt: at,
    expected: { objects: 10, bytes: 100, due: { objects: 4, bytes: 40, ms: null } },
  }),
  ...fields,
});

const entry = (key: string, outcome: Outcome = { status: 'scanned', matches: 1 }, size = 10): LedgerEntry => ({
  bucket: 'corpus',
  key,
  version: '1',
  size,
  outcome,
});

const batch = (batchId: string, keys: readonly string[], scanId = 'retro-1'): RetroBatch => ({
  scanId,
  batchId,
  rulesetId: 'delta',
  objects: keys.map((key) => ({ bucket: 'corpus', key, version: '1', size: 10, arrivedAt: at })),
});

const step = (fields: Partial<Checkpoint> = {}): Checkpoint => ({
  cursor: { bucket: 'corpus', after: 'x' },
  listingDone: false,
  listed: { objects: 0, bytes: 0 },
  batches: [],
  settled: null,
  ...fields,
});

const exclusion = (segment: string, objects: number): Exclusion => ({
  segment: { name: segment, endOffset: 10, size: 20, objects: 8, settings: 'a' },
  proofs: [{ logic: 'l', formula: 'f', planner: '1', candidates: 1, bits: 'AA==', digest: 'd' }],
  rows: 3,
  groups: [{ logic: ['k', 'l'], earlier: ['retro-0'], bits: 'AA==', objects, bytes: 10 * objects }],
});

/** By bucket, key and version, in byte order. */
function byObject(a: LedgerEntry, b: LedgerEntry): number {
  const place = ({ bucket, key, version }: LedgerEntry) => Buffer.from([bucket, key, version].join('\0'));
  return Buffer.compare(place(a), place(b));
}

export interface ScanStoreContractOptions {
  /** Runs of the property test. Default: 60; fewer if each call crosses a network. */
  readonly runs?: number;
  /**
   * False if the ledger is kept by batch. Pages are then in the order of batches. An object that
   * two batches report (which neither the batcher nor live analysis does) has both entries.
   * Default: true.
   */
  readonly ledgerByObject?: boolean;
}

/** Tests that every `ScanStore` passes. `makeAdapter` returns an empty one. */
export function scanStoreContract(
  test: TestFn,
  makeAdapter: (t: ExecutionContext) => Promise<ScanStore> | ScanStore,
  { runs = 60, ledgerByObject = true }: ScanStoreContractOptions = {},
): void {
  test('scans: a scan is returned as it was created', async (t) => {
    const scans = await makeAdapter(t);
    t.is(await scans.get('retro-1'), null);
    t.deepEqual(await scans.create(scan(), 'key'), { scan: scan(), created: true });
    t.deepEqual(await scans.get('retro-1'), scan());
  });

  test('scans: the inventories of a scan are stored with it', async (t) => {
    const scans = await makeAdapter(t);
    const inventories = ['s3://inventories/corpus/all/2026-01-01T01-00Z/manifest.json', 's3://inventories/ü ?.json'];
    await scans.create(scan({ inventories }), 'key');
    t.deepEqual(await scans.get('retro-1'), scan({ inventories }));
    t.deepEqual((await scans.list({ limit: 1 }))[0]?.inventories, inventories);
  });

  test('scans: the object selection of a preview is stored with it', async (t) => {
    const scans = await makeAdapter(t);
    const within = [{ bucket: 'b', prefix: 'in/' }];
    const preview = { sample: 0.125, sha256: ['ab'.repeat(32)], within, maxObjects: 7 };
    const given = scan({ kind: 'preview', preview });
    t.deepEqual(await scans.create(given, 'key'), { scan: given, created: true });
    t.deepEqual(await scans.get('retro-1'), given);
    t.deepEqual(await scans.list({ kind: 'preview', limit: 1 }), [given]);
  });

  test('scans: starting twice gives the same scan while it is running or paused', async (t) => {
    const scans = await makeAdapter(t);
    await scans.create(scan(), 'key');
    t.like(await scans.create(scan({ id: 'retro-2' }), 'key'), { created: false, scan: { id: 'retro-1' } });
    await scans.setState('retro-1', ['running'], 'paused', { at });
    t.like(await scans.create(scan({ id: 'retro-2' }), 'key'), { created: false, scan: { id: 'retro-1' } });
    t.like(await scans.create(scan({ id: 'retro-3' }), 'other'), { created: true });
    await scans.setState('retro-1', ['paused'], 'cancelled', { at });
    t.like(await scans.create(scan({ id: 'retro-2' }), 'key'), { created: true, scan: { id: 'retro-2' } });
    t.like(await scans.create(scan({ id: 'retro-1' }), 'new key'), { created: false, scan: { state: 'cancelled' } });
  });

  test('scans: exactly one of several simultaneous starts creates the scan', async (t) => {
    const scans = await makeAdapter(t);
    const answers = await Promise.all([1, 2, 3, 4].map((each) => scans.create(scan({ id: `r${each}` }), 'key')));
    t.is(answers.filter(({ created }) => created).length, 1);
    t.is(new Set(answers.map((each) => each.scan.id)).size, 1);
  });

  test('scans: are listed newest first, by kind and state', async (t) => {
    const scans = await makeAdapter(t);
    for (let index = 0; index < 5; index += 1) {
      const kind = index === 0 ? 'live' : index === 4 ? 'preview' : 'retro';
      await scans.create(
        scan({ id: `s${index}`, kind, createdAt: `2026-01-0${index + 1}T00:00:00.000Z` }),
        `k${index}`,
      );
    }
    await scans.setState('s1', ['running'], 'paused', { at });
    const ids = async (options: Parameters<ScanStore['list']>[0]) => (await scans.list(options)).map(({ id }) => id);
    t.deepEqual(await ids({ limit: 10 }), ['s4', 's3', 's2', 's1', 's0']);
    t.deepEqual(await ids({ limit: 2 }), ['s4', 's3']);
    t.deepEqual(await ids({ kind: 'preview', limit: 10 }), ['s4']);
    t.deepEqual(await ids({ kind: 'preview', states: ['running'], limit: 10 }), ['s4']);
    t.deepEqual(await ids({ kind: 'live', limit: 10 }), ['s0']);
    t.deepEqual(await ids({ kind: 'retro', states: ['paused', 'failed'], limit: 10 }), ['s1']);
    t.deepEqual(await ids({ states: ['running'], limit: 10 }), ['s4', 's3', 's2', 's0']);
    await scans.setState('s4', ['running'], 'cancelled', { at });
    t.deepEqual(await ids({ kind: 'preview', states: ['running'], limit: 10 }), []);
    t.deepEqual(await ids({ states: [], limit: 10 }), []);
  });

  test('scans: a transition needs an allowed state, and final states have an end time', async (t) => {
    const scans = await makeAdapter(t);
    await scans.create(scan(), 'key');
    t.false(await scans.setState('retro-1', ['paused'], 'running', { at }));
    t.true(await scans.setState('retro-1', ['running'], 'paused', { at }));
    t.like(await scans.get('retro-1'), { state: 'paused', finishedAt: null });
    t.true(await scans.setState('retro-1', ['running', 'paused'], 'failed', { at, error: 'no disk' }));
    t.like(await scans.get('retro-1'), { state: 'failed', finishedAt: at, error: 'no disk' });
    t.false(await scans.setState('retro-1', ['running', 'paused'], 'cancelled', { at }));
    t.false(await scans.setState('unknown', ['running'], 'paused', { at }));
  });

  test('leases: one owner at a time, until it is released or expires', async (t) => {
    const scans = await makeAdapter(t);
    await scans.create(scan(), 'key');
    const first = await leaseOf(scans, 'one');
    t.is(await scans.acquireLease('retro-1', 'two', { nowMs: 1099, ttlMs: 100 }), null);
    const again = await leaseOf(scans, 'one');
    t.true(again.fence > first.fence);
    await scans.releaseLease(first);
    t.is(
      await scans.acquireLease('retro-1', 'two', { nowMs: 1099, ttlMs: 100 }),
      null,
      'a lease of the past lets nothing go',
    );
    await scans.releaseLease(again);
    const second = await scans.acquireLease('retro-1', 'two', { nowMs: 1099, ttlMs: 100 });
    t.true((second?.fence ?? 0) > again.fence);
    const third = await scans.acquireLease('retro-1', 'three', { nowMs: 1200, ttlMs: 100 });
    t.true((third?.fence ?? 0) > (second?.fence ?? 0));
  });

  test('leases: exactly one of several simultaneous batchers gets the lease', async (t) => {
    const scans = await makeAdapter(t);
    await scans.create(scan(), 'key');
    const leases = await Promise.all(['a', 'b', 'c'].map((owner) => scans.acquireLease('retro-1', owner, time)));
    t.is(leases.filter((lease) => lease !== null).length, 1);
  });

  test('leases: a batcher that lost its lease writes nothing', async (t) => {
    const scans = await makeAdapter(t);
    await scans.create(scan(), 'key');
    const slow = await leaseOf(scans, 'slow');
    await scans.acquireLease('retro-1', 'fast', { nowMs: 1100, ttlMs: 100 });
    const late = step({
      listed: { objects: 1, bytes: 10 },
      batches: [batch('b1', ['a'])],
      settled: { batchId: 'b2', entries: [entry('b')] },
    });
    await throwsCode(t, scans.checkpoint(slow, late, time), 'ERR_LEASE_LOST');
    t.deepEqual(await scans.get('retro-1'), scan());
    t.deepEqual(await scans.unsentBatches('retro-1', { limit: 10 }), []);
    t.deepEqual((await scans.ledger('retro-1', { limit: 10 })).entries, []);
  });

  test('leases: a checkpoint renews the lease', async (t) => {
    const scans = await makeAdapter(t);
    await scans.create(scan(), 'key');
    const lease = await leaseOf(scans, 'one');
    await scans.checkpoint(lease, step(), { nowMs: 1090, ttlMs: 100 });
    t.is(await scans.acquireLease('retro-1', 'two', { nowMs: 1150, ttlMs: 100 }), null);
    t.not(await scans.acquireLease('retro-1', 'two', { nowMs: 1190, ttlMs: 100 }), null);
  });

  test('leases: a lease that is renewed lasts longer, unless it was released or lost', async (t) => {
    const scans = await makeAdapter(t);
    await scans.create(scan(), 'key');
    const first = await leaseOf(scans, 'one');
    await scans.renewLease(first, { nowMs: 1090, ttlMs: 100 });
    t.is(await scans.acquireLease('retro-1', 'two', { nowMs: 1189, ttlMs: 100 }), null);
    const second = await scans.acquireLease('retro-1', 'two', { nowMs: 1190, ttlMs: 100 });
    if (second === null) return t.fail('the lease has expired');
    await scans.renewLease(first, { nowMs: 1200, ttlMs: 1000 });
    await scans.releaseLease(second);
    await scans.renewLease(second, { nowMs: 1200, ttlMs: 1000 });
    t.not(await scans.acquireLease('retro-1', 'three', { nowMs: 1201, ttlMs: 100 }), null);
    await throwsCode(t, scans.checkpoint(second, step(), time), 'ERR_LEASE_LOST');
  });

  test('checkpoints: a step is written completely', async (t) => {
    const scans = await makeAdapter(t);
    await scans.create(scan(), 'key');
    const lease = await leaseOf(scans, 'one');
    const batches = [batch('b1', ['a', 'b']), batch('b2', ['c'])];
    const settled = { batchId: 'b3', entries: [entry('d', { status: 'covered' })] };
    await scans.checkpoint(lease, step({ listed: { objects: 4, bytes: 40 }, batches, settled }), time);
    await scans.checkpoint(
      lease,
      step({ cursor: { bucket: 'file', after: null }, listingDone: true, listed: { objects: 1, bytes: 1 } }),
      time,
    );
    t.like(await scans.get('retro-1'), {
      cursor: { bucket: 'file', after: null },
      listingDone: true,
      listed: { objects: 5, bytes: 41 },
      batches: { planned: 3, reported: 1 },
      counts: { ...countEntries(settled.entries) },
    });
    t.deepEqual(await scans.unsentBatches('retro-1', { limit: 10 }), ['b1', 'b2']);
    t.deepEqual(await scans.unsentBatches('retro-1', { limit: 1 }), ['b1']);
    t.deepEqual(await scans.getBatch('retro-1', 'b1'), batch('b1', ['a', 'b']));
    t.deepEqual(await scans.getBatch('retro-1', 'b2'), batch('b2', ['c']));
    t.is(await scans.getBatch('retro-1', 'b9'), null);
  });

  test('checkpoints: excluded objects are counted, and the last exclusion by a segment stands', async (t) => {
    const scans = await makeAdapter(t);
    await scans.create(scan(), 'key');
    await scans.create(scan({ id: 'retro-2' }), 'other key');
    const lease = await leaseOf(scans, 'one');
    const settled = { batchId: 'b1', entries: [entry('d', { status: 'covered' })] };
    const first = { exclusions: [exclusion('bb', 2), exclusion('aa', 3)], objects: 5, bytes: 50 };
    await scans.checkpoint(lease, step({ settled, excluded: first }), time);
    await scans.checkpoint(
      lease,
      step({ excluded: { exclusions: [exclusion('aa', 4)], objects: 1, bytes: 10 } }),
      time,
    );
    t.deepEqual((await scans.get('retro-1'))?.counts, {
      ...countEntries(settled.entries),
      ...{ objects: 7, excluded: 6, bytes: 70 },
    });
    t.deepEqual(await scans.exclusions('retro-1'), [exclusion('aa', 4), exclusion('bb', 2)]);
    t.deepEqual(await scans.exclusions('retro-2'), []);
    t.deepEqual(
      (await scans.ledger('retro-1', { limit: 10 })).entries.map(({ key }) => key),
      ['d'],
    );

    const other = await scans.acquireLease('retro-2', 'one', time);
    if (other === null) return t.fail('the lease is free');
    await scans.checkpoint(
      other,
      step({ excluded: { exclusions: [exclusion('aa', 1)], objects: 1, bytes: 10 } }),
      time,
    );
    t.deepEqual(await scans.exclusionsBy('aa'), [
      { scanId: 'retro-1', exclusion: exclusion('aa', 4) },
      { scanId: 'retro-2', exclusion: exclusion('aa', 1) },
    ]);
    t.deepEqual(await scans.exclusionsBy('cc'), []);
    const named = ['aa', 'bb', 'cc', 'a', 'aaa'].map((segment) => scans.hasExclusionsBy(segment));
    t.deepEqual(await Promise.all(named), [true, true, false, false, false]);
  });

  test('checkpoints: an outdated batcher excludes nothing', async (t) => {
    const scans = await makeAdapter(t);
    await scans.create(scan(), 'key');
    const slow = await leaseOf(scans, 'slow');
    await scans.acquireLease('retro-1', 'fast', { nowMs: 1100, ttlMs: 100 });
    const late = step({ excluded: { exclusions: [exclusion('aa', 1)], objects: 1, bytes: 10 } });
    await throwsCode(t, scans.checkpoint(slow, late, time), 'ERR_LEASE_LOST');
    t.deepEqual(await scans.get('retro-1'), scan());
    t.deepEqual(await scans.exclusions('retro-1'), []);
    t.deepEqual(await scans.exclusionsBy('aa'), []);
    t.false(await scans.hasExclusionsBy('aa'));
  });

  test('checkpoints: the largest step is written', async (t) => {
    const scans = await makeAdapter(t);
    await scans.create(scan(), 'key');
    const lease = await leaseOf(scans, 'one');
    const entries = Array.from({ length: maxSettledPerCheckpoint }, (_, index) =>
      entry(`${index}`, index % 2 === 0 ? { status: 'covered' } : { status: 'skipped', reason: 'gone' }),
    );
    let objects = 0;
    for (const [number, count] of [maxBatchesPerCheckpoint, 0].entries()) {
      const batches = Array.from({ length: count }, (_, index) => batch(`b${index}`, [`${index}`]));
      const exclusions = Array.from({ length: maxWritesPerCheckpoint - count }, (_, index) =>
        exclusion(`${number}-${index}`, 1),
      );
      objects += exclusions.length;
      const excluded = { exclusions, objects: exclusions.length, bytes: 10 * exclusions.length };
      const settled = { batchId: `last-${number}`, entries: number === 0 ? entries : [] };
      await scans.checkpoint(lease, step({ batches, settled, excluded }), time);
    }
    t.like(await scans.get('retro-1'), { counts: { objects: entries.length + objects, excluded: objects } });
  });

  test('checkpoints: only a running scan continues', async (t) => {
    const scans = await makeAdapter(t);
    await scans.create(scan(), 'key');
    const lease = await leaseOf(scans, 'one');
    await scans.setState('retro-1', ['running'], 'paused', { at });
    await throwsCode(t, scans.checkpoint(lease, step({ batches: [batch('b1', ['a'])] }), time), 'ERR_STATE');
    t.deepEqual(await scans.unsentBatches('retro-1', { limit: 10 }), []);
    await scans.setState('retro-1', ['paused'], 'running', { at });
    await t.notThrowsAsync(scans.checkpoint(lease, step({ batches: [batch('b1', ['a'])] }), time));
  });

  test('batches: are unsent until they are marked, and again when the mark is removed, unless they reported', async (t) => {
    const scans = await planned(t, makeAdapter, ['b1', 'b2', 'b3']);
    const unsent = () => scans.unsentBatches('retro-1', { limit: 10 });
    await scans.markSent('retro-1', ['b1', 'b2']);
    t.deepEqual(await unsent(), ['b3']);
    await scans.report('retro-1', [{ batchId: 'b2', entries: [] }]);
    await scans.markUnsent('retro-1', 'b1');
    await scans.markUnsent('retro-1', 'b2');
    t.deepEqual(await unsent(), ['b1', 'b3']);
    await scans.report('retro-1', [{ batchId: 'b3', entries: [] }]);
    t.deepEqual(await unsent(), ['b1'], 'what has reported needs no message');
    await scans.markSent('retro-1', ['b3']);
    t.deepEqual(await unsent(), ['b1']);
  });

  test('batches: a batch that reports while its mark is removed is not sent again', async (t) => {
    const ids = Array.from({ length: 15 }, (_, index) => `b${index}`);
    const scans = await planned(t, makeAdapter, ids);
    await scans.markSent('retro-1', ids);
    await Promise.all(
      ids.flatMap((batchId) => [
        scans.markUnsent('retro-1', batchId),
        scans.report('retro-1', [{ batchId, entries: [] }]),
      ]),
    );
    t.deepEqual(await scans.unsentBatches('retro-1', { limit: 20 }), []);
  });

  test('reports: a batch counts once, and its last report wins', async (t) => {
    const scans = await planned(t, makeAdapter, ['b1', 'b2']);
    await scans.report('retro-1', [
      { batchId: 'b1', entries: [entry('a'), entry('b', { status: 'failed', reason: 'timeout' })] },
    ]);
    await scans.report('retro-1', [
      {
        batchId: 'b1',
        entries: [entry('a', { status: 'scanned', matches: 3 }), entry('c', { status: 'skipped', reason: 'gone' })],
      },
    ]);
    const { entries } = await scans.ledger('retro-1', { limit: 10 });
    t.deepEqual(
      entries.toSorted(byObject).map(({ key }) => key),
      ['a', 'c'],
    );
    const after = await scans.get('retro-1');
    t.like(after, { batches: { planned: 2, reported: 1 } });
    t.deepEqual(after?.counts, countEntries(entries));
  });

  test('reports: a report of a batch or scan that was never planned is refused', async (t) => {
    const scans = await planned(t, makeAdapter, ['b1']);
    await throwsCode(t, scans.report('retro-1', [{ batchId: 'b9', entries: [entry('a')] }]), 'ERR_NOT_FOUND');
    await throwsCode(t, scans.report('retro-9', [{ batchId: 'b1', entries: [entry('a')] }]), 'ERR_NOT_FOUND');
    t.is((await scans.get('retro-1'))?.counts.objects, 0);
  });

  test('reports: the matches of a preview in an object are returned as written, and a repeated report replaces them', async (t) => {
    const scans = await planned(t, makeAdapter, ['b1', 'b2'], { kind: 'preview' });
    const string = { identifier: '$a', offset: 3, length: 70, data: String.raw`\xff \\x ü'"<` };
    const previewOf = (matches: PreviewMatches['hits']) => ({ arrivedAt: at, md5: 'cd'.repeat(16), hits: matches });
    const first = previewOf([
      { rule: 'now/a/b:c', strings: [string, { ...string, offset: 9 }] },
      { rule: 'before/a/b:c', strings: [] },
    ]);
    const scanned = { ...entry('a', { status: 'scanned', matches: 2 }), sha256: 'ab'.repeat(32) };
    await scans.report('retro-1', [{ batchId: 'b1', entries: [{ ...scanned, preview: first }, entry('b')] }]);
    t.deepEqual(await ledgerOf(scans, 'retro-1', 10), [{ ...scanned, preview: first }, entry('b')]);
    const second = { ...scanned, outcome: { status: 'scanned', matches: 0 } as const, preview: previewOf([]) };
    await scans.report('retro-1', [{ batchId: 'b1', entries: [second] }]);
    t.deepEqual(await ledgerOf(scans, 'retro-1', 10), [second]);
    const failed = entry('a', { status: 'failed', reason: 'timeout' });
    await scans.report('retro-1', [{ batchId: 'b1', entries: [failed] }]);
    t.deepEqual(await ledgerOf(scans, 'retro-1', 10), [failed], 'and nothing of it is left');
    t.like(await scans.get('retro-1'), { batches: { planned: 2, reported: 1 }, counts: countEntries([failed]) });
  });

  test('reports: affect only one scan', async (t) => {
    const scans = await planned(t, makeAdapter, ['b1']);
    await scans.create(scan({ id: 'live-1', kind: 'live' }), 'live');
    await scans.report('live-1', [{ batchId: 'b1', entries: [entry('a'), entry('b')] }]);
    t.is((await scans.get('retro-1'))?.counts.objects, 0);
    t.deepEqual((await scans.ledger('retro-1', { limit: 10 })).entries, []);
    t.is((await scans.get('live-1'))?.counts.objects, 2);
  });

  test('reports: many simultaneous reports all count', async (t) => {
    const scans = await makeAdapter(t);
    await scans.create(scan({ id: 'live-1', kind: 'live' }), 'live');
    await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        scans.report('live-1', [{ batchId: `m${index}`, entries: [entry(`k${index}`)] }]),
      ),
    );
    t.like(await scans.get('live-1'), { counts: { objects: 20, scanned: 20, matches: 20 } });
  });

  test('completion: needs a completed listing and a report of every batch', async (t) => {
    const scans = await planned(t, makeAdapter, ['b1', 'b2'], { listingDone: false });
    await scans.report('retro-1', [{ batchId: 'b1', entries: [entry('b1')] }]);
    await scans.report('retro-1', [{ batchId: 'b1', entries: [entry('b1')] }]);
    t.false(await scans.completeIfDone('retro-1', { at }), 'one batch is missing, however often the other reports');
    await scans.report('retro-1', [{ batchId: 'b2', entries: [entry('b2')] }]);
    t.false(await scans.completeIfDone('retro-1', { at }), 'the listing goes on');
    await scans.checkpoint(await leaseOf(scans, 'batcher'), step({ listingDone: true }), time);
    await scans.setState('retro-1', ['running'], 'paused', { at });
    t.false(await scans.completeIfDone('retro-1', { at }), 'it is paused');
    await scans.setState('retro-1', ['paused'], 'running', { at });
    t.true(await scans.completeIfDone('retro-1', { at }));
    t.like(await scans.get('retro-1'), { state: 'completed', finishedAt: at });
    t.false(await scans.completeIfDone('retro-1', { at }));
  });

  test('completion: a scan paused at that moment is either completed or paused', async (t) => {
    for (let round = 0; round < 5; round += 1) {
      const scans = await planned(t, makeAdapter, []);
      const [paused, completed] = await Promise.all([
        scans.setState('retro-1', ['running'], 'paused', { at }),
        scans.completeIfDone('retro-1', { at }),
      ]);
      t.not(paused, completed);
      t.is((await scans.get('retro-1'))?.state, paused ? 'paused' : 'completed');
    }
  });

  test('completion: a preview completes like a retro scan, and a live scan never', async (t) => {
    const scans = await planned(t, makeAdapter, ['b1'], { kind: 'preview' });
    t.false(await scans.completeIfDone('retro-1', { at }));
    await throwsCode(t, scans.report('retro-1', [{ batchId: 'b9', entries: [entry('a')] }]), 'ERR_NOT_FOUND');
    await scans.markSent('retro-1', ['b1']);
    await scans.report('retro-1', [{ batchId: 'b1', entries: [entry('b1')] }]);
    await scans.markUnsent('retro-1', 'b1');
    t.deepEqual(await scans.unsentBatches('retro-1', { limit: 10 }), []);
    t.true(await scans.completeIfDone('retro-1', { at }));
    t.like(await scans.get('retro-1'), { state: 'completed', kind: 'preview' });
    const live = await planned(t, makeAdapter, [], { kind: 'live' });
    t.false(await live.completeIfDone('retro-1', { at }));
  });

  test('completion: an empty scan completes', async (t) => {
    const scans = await planned(t, makeAdapter, []);
    t.true(await scans.completeIfDone('retro-1', { at }));
  });

  test('ledger: entries are returned as written, by bucket, key and version in byte order, page by page', async (t) => {
    const scans = await planned(t, makeAdapter, ['b1']);
    const entries: readonly LedgerEntry[] = [
      { ...entry('B'), sha256: 'ab'.repeat(32) },
      entry('C', { status: 'scanned', matches: 1, scannedBytes: 4 }),
      entry('a', { status: 'covered' }),
      entry('a/b', { status: 'failed', reason: 'engine_crash', detail: 'trap' }),
      { ...entry('a/b'), version: '2' },
      entry('ü', { status: 'skipped', reason: 'too_large' }),
      entry('\uff5e'),
      entry('\u{1f600}', { status: 'skipped', reason: 'storage_class', detail: 'GLACIER' }),
      { ...entry('A'), bucket: 'file' },
    ];
    await scans.report('retro-1', [{ batchId: 'b1', entries: entries.toReversed() }]);
    for (const limit of [1, 3, 100]) {
      const all = await ledgerOf(scans, 'retro-1', limit);
      t.deepEqual(ledgerByObject ? all : all.toSorted(byObject), entries);
    }
    const statuses = ['failed', 'skipped'] as const;
    const { entries: bad } = await scans.ledger('retro-1', { statuses, limit: 10 });
    t.deepEqual(
      (ledgerByObject ? bad : bad.toSorted(byObject)).map(({ key }) => key),
      ['a/b', 'ü', '\u{1f600}'],
    );
  });

  test('ledger: adds up all reports, repeated and overlapping ones too', async (t) => {
    const scans = await makeAdapter(t);
    const outcome: fc.Arbitrary<Outcome> = fc.oneof(
      fc.record({ status: fc.constant('scanned' as const), matches: fc.nat(5) }),
      fc.record({ status: fc.constant('scanned' as const), matches: fc.nat(5), scannedBytes: fc.nat(5) }),
      fc.constant({ status: 'covered' as const }),
      fc.constant({ status: 'skipped' as const, reason: 'gone' as const }),
      fc.constant({ status: 'failed' as const, reason: 'timeout' as const }),
    );
    const entries = fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c', 'd', 'e'), outcome, fc.nat(100)), {
      maxLength: 6,
    });
    const reports = fc.array(fc.tuple(fc.constantFrom('b1', 'b2', 'b3'), entries), { maxLength: 8 });
    let run = 0;
    const holds = fc.asyncProperty(reports, async (all) => {
      run += 1;
      const id = `live-${run}`;
      await scans.create(scan({ id, kind: 'live' }), id);
      const model = new Map<string, { readonly batchId: string; readonly entry: LedgerEntry }>();
      for (const [batchId, list] of all) {
        const keyed = list.map(([key, what, size]) => entry(ledgerByObject ? key : `${key} of ${batchId}`, what, size));
        await scans.report(id, [{ batchId, entries: keyed }]);
        for (const [key, each] of model) if (each.batchId === batchId) model.delete(key);
        for (const each of keyed) model.set(each.key, { batchId, entry: each });
        const expected = [...model.values()].map((each) => each.entry).sort(byObject);
        t.deepEqual((await ledgerOf(scans, id, 100)).toSorted(byObject), expected);
        t.deepEqual((await scans.get(id))?.counts, countEntries(expected));
      }
    });
    await fc.assert(holds, { numRuns: runs });
  });
}

async function planned(
  t: ExecutionContext,
  makeAdapter: (t: ExecutionContext) => Promise<ScanStore> | ScanStore,
  batchIds: readonly string[],
  { listingDone = true, kind = 'retro' }: { readonly listingDone?: boolean; readonly kind?: Scan['kind'] } = {},
): Promise<ScanStore> {
  const scans = await makeAdapter(t);
  await scans.create(scan({ kind }), 'key');
  const batches = batchIds.map((batchId) => batch(batchId, [batchId]));
  const listed = { objects: batches.length, bytes: 10 * batches.length };
  await scans.checkpoint(await leaseOf(scans, 'batcher'), step({ batches, listed, listingDone }), time);
  return scans;
}

async function leaseOf(scans: ScanStore, owner: string): Promise<Lease> {
  const lease = await scans.acquireLease('retro-1', owner, time);
  if (lease === null) throw new Error('the lease is held');
  return lease;
}

async function ledgerOf(scans: ScanStore, scanId: string, limit: number): Promise<readonly LedgerEntry[]> {
  const all: LedgerEntry[] = [];
  for (let after: string | undefined; ; ) {
    const page = await scans.ledger(scanId, { limit, ...(after === undefined ? {} : { after }) });
    all.push(...page.entries);
    if (page.next === null) return all;
    after = page.next;
  }
}

async function throwsCode(t: ExecutionContext, promise: Promise<unknown>, code: ErrorCode): Promise<void> {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  t.true(hasCode(error, code), `expected ${code}, got ${String(error)}`);
}
