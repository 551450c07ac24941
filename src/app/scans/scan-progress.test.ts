import test from 'ava';
import fc from 'fast-check';
import { createSqlitePointerStore } from '../../adapters/local/database/pointer-store.ts';
import { newScan, type Scan } from '../../domain/scans/scan.ts';
import { tempDatabase } from '../../testing/local/temp-database.ts';
import { longestIdleMs, updateProgress, watchScanProgress } from './scan-progress.ts';

const minute = 60_000;

function scan(
  id: string,
  fields: Partial<Scan> & { readonly listedObjects?: number; readonly reported?: number },
): Scan {
  const { listedObjects = 0, reported = 0, ...rest } = fields;
  return {
    ...newScan({
      ...{ id, kind: 'retro', rulesetId: 'r', full: false, buckets: ['corpus'], filter: {} },
      ...{ createdAt: '2026-01-01T00:00:00.000Z', expected: null },
    }),
    listed: { objects: listedObjects, bytes: 0 },
    batches: { planned: 9, reported },
    ...rest,
  };
}

/**
 * Looks at each of the states a minute after the one before, and answers how long the longest
 * stands still then.
 */
function watched(...looks: readonly (readonly Scan[])[]): number | null {
  let [progress, nowMs] = [updateProgress(null, [], 0), 0];
  let idle: number | null = null;
  for (const running of looks) {
    nowMs += minute;
    progress = updateProgress(progress, running, nowMs);
    idle = longestIdleMs(progress, running, nowMs);
  }
  return idle;
}

test('without a running scan there is no idle time', (t) => {
  t.is(watched([]), null);
  t.is(watched([scan('a', {})], []), null);
});

test('a scan is idle since the check that found its current progress', (t) => {
  const still = [scan('a', { listedObjects: 5 })];
  t.is(watched(still), 0);
  t.is(watched(still, still, still), 2 * minute);
  t.is(watched(still, still, [scan('a', { listedObjects: 6 })]), 0, 'the listing continues');
  t.is(watched(still, still, [scan('a', { listedObjects: 5, reported: 1 })]), 0, 'a batch has reported');
});

test('the scan that is idle for longest counts', (t) => {
  const look = (listedObjects: number) => [scan('a', { listedObjects: 1 }), scan('b', { listedObjects })];
  t.is(watched(look(1), look(2), look(3), look(4)), 3 * minute);
});

test('a scan that waits for its batches is not idle while batches of others report, since they share one queue', (t) => {
  const look = (reported: number) => [
    scan('waits', { listingDone: true }),
    scan('works', { listingDone: true, reported }),
  ];
  t.is(watched(look(1), look(2), look(3)), 0);
  t.is(watched(look(1), look(2), look(2), look(2)), 2 * minute, 'no batch reports');
  const listing = (reported: number) => [scan('lists', {}), scan('works', { listingDone: true, reported })];
  t.is(watched(listing(1), listing(2), listing(3)), 2 * minute, 'but the listing of another does not count');
});

test('a stalled preview is not reported, but its batches show that the queue advances', (t) => {
  const preview = (reported: number) => scan('p', { kind: 'preview', listingDone: true, reported });
  t.is(watched([preview(0)], [preview(0)]), null);
  const look = (reported: number) => [preview(reported), scan('waits', { listingDone: true })];
  t.is(watched(look(0), look(1), look(2)), 0);
  t.is(watched(look(0), look(0), look(0)), 2 * minute);
});

test('a scan that was paused starts again', (t) => {
  const [a, b] = [scan('a', {}), scan('b', {})];
  t.is(watched([a], [a], [], [a]), 0);
  t.is(watched([a, b], [a, b], [b], [b, a]), 3 * minute, 'b has not moved, and a is new');
});

test('no scan is idle for longer than it has been checked', (t) => {
  const states = fc.array(
    fc.uniqueArray(
      fc.record({ id: fc.constantFrom('a', 'b', 'c'), at: fc.nat({ max: 2 }), listingDone: fc.boolean() }),
      { selector: ({ id }) => id },
    ),
    { minLength: 1, maxLength: 8 },
  );
  fc.assert(
    fc.property(states, (looks) => {
      const idle = watched(
        ...looks.map((look) => look.map(({ id, at, listingDone }) => scan(id, { listedObjects: at, listingDone }))),
      );
      t.is(idle === null, looks.at(-1)?.length === 0);
      t.true((idle ?? 0) >= 0 && (idle ?? 0) <= (looks.length - 1) * minute);
    }),
  );
});

test('the store remembers the progress, and forgets it when nothing runs', async (t) => {
  const pointers = createSqlitePointerStore({ db: tempDatabase(t) });
  const a = [scan('a', {})];
  t.is(await watchScanProgress(pointers, [], 0), null);
  t.is(await pointers.get('scans/progress'), null, 'nothing is written while nothing runs');
  t.is(await watchScanProgress(pointers, a, minute), 0);
  const first = (await pointers.get('scans/progress'))?.revision;
  t.is(await watchScanProgress(pointers, a, 5 * minute), 4 * minute);
  t.is((await pointers.get('scans/progress'))?.revision, first, 'nor while nothing changes');
  t.is(await watchScanProgress(pointers, [], 6 * minute), null);
  t.is(await watchScanProgress(pointers, a, 9 * minute), 0, 'a pause is no standstill');
});

test('unreadable progress in the store counts as none', async (t) => {
  for (const text of ['{', '[]', '{"scans":{}}']) {
    const pointers = createSqlitePointerStore({ db: tempDatabase(t) });
    await pointers.compareAndSet('scans/progress', null, text);
    t.is(await watchScanProgress(pointers, [scan('a', {})], 0), 0);
    t.is(await watchScanProgress(pointers, [scan('a', {})], minute), minute);
  }
});
