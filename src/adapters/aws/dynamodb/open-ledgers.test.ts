import { countEntries, type LedgerEntry, type Outcome } from '../../../domain/scans/outcome.ts';
import { newScan } from '../../../domain/scans/scan.ts';
import { dynamoTest } from '../../../testing/aws/dynamodb-test.ts';
import { batchKey } from './batch-items.ts';
import { createDynamoScanStore } from './scan-store.ts';
import type { Item, Table, Transaction } from './table.ts';
import { scansTable } from './tables.ts';

const { test, makeTable } = dynamoTest();

const createdAt = '2026-01-01T08:00:00.000Z';
const hoursLater = (hours: number) => () => Date.parse(createdAt) + hours * 3_600_000;
const live = newScan({
  ...{ id: 'live-2026-01-01', kind: 'live', rulesetId: '', full: false, buckets: [], filter: {} },
  ...{ createdAt, expected: null },
});
const covered: Outcome = { status: 'covered' };
const failed: Outcome = { status: 'failed', reason: 'timeout' };
const report = (key: string, outcome: Outcome = covered) => {
  const entries: readonly LedgerEntry[] = [{ bucket: 'b', key, version: '1', size: 7, outcome }];
  return { batchId: key, entries };
};

/** A table that keeps what is written, and may hold a write back. */
function watched(table: Table, hold: (actions: Transaction['actions']) => Promise<void> = async () => undefined) {
  const writes: Transaction['actions'][] = [];
  const inserts: (readonly Item[])[] = [];
  const write: Table['write'] = async (actions) => {
    writes.push(actions);
    await hold(actions);
    return table.write(actions);
  };
  const insertNew: Table['insertNew'] = (items) => {
    inserts.push(items);
    return table.insertNew(items);
  };
  return { writes, inserts, table: { ...table, write, insertNew } };
}

/** Removes entries, as the time to live of the table does. */
async function expire(table: Table, keys: readonly string[]): Promise<void> {
  await table.write(keys.map((key) => ({ remove: batchKey(live.id, key) })));
}

test('clean objects that arrive are one plain write each, in one request, and their sums are complete', async (t) => {
  const { writes, inserts, table } = watched(await makeTable(t, scansTable));
  const scans = createDynamoScanStore(table, { now: hoursLater(1) });
  await scans.create(live, live.id);
  writes.length = 0;
  const reports = [report('a'), report('b'), report('c')];
  await scans.report(live.id, reports);
  t.deepEqual(
    inserts.map(({ length }) => length),
    [3],
  );
  t.deepEqual(writes, []);
  await scans.report(live.id, [report('d')]);
  t.deepEqual(
    writes.map(({ length }) => length),
    [1],
  );
  await scans.report(live.id, [report('a', failed)]);
  const entries = [report('a', failed), report('b'), report('c'), report('d')].flatMap((each) => each.entries);
  t.deepEqual((await scans.get(live.id))?.counts, countEntries(entries));
  t.is((await scans.get(live.id))?.batches.reported, 4);
  t.is((await scans.get(live.id, { sums: false }))?.counts.objects, 0, 'without reading the ledger');
});

test('a repeated report among new ones replaces the earlier one and its surplus items', async (t) => {
  const { table } = watched(await makeTable(t, scansTable));
  const scans = createDynamoScanStore(table, { now: hoursLater(1) });
  await scans.create(live, live.id);
  await scans.report(live.id, [report('a', failed), report('b')]);
  await scans.report(live.id, [report('a'), report('b', failed), report('c')]);
  const entries = [report('a'), report('b', failed), report('c')].flatMap((each) => each.entries);
  t.deepEqual((await scans.get(live.id))?.counts, countEntries(entries));
  const found = await scans.ledger(live.id, { limit: 10 });
  t.deepEqual(found.entries.map(({ key, outcome }) => `${key} ${outcome.status}`).toSorted(), [
    'a covered',
    'b failed',
    'c covered',
  ]);
});

test('a report whose insert fails is written separately', async (t) => {
  const { writes, table } = watched(await makeTable(t, scansTable));
  const scans = createDynamoScanStore(
    {
      ...table,
      // The first is written, and its response is lost.
      insertNew: async (items) => {
        await table.insertNew(items.slice(0, 1));
        return items.map(() => 'unknown');
      },
    },
    { now: hoursLater(1) },
  );
  await scans.create(live, live.id);
  writes.length = 0;
  const reports = [report('a'), report('b'), report('c')];
  await scans.report(live.id, reports);
  const counts = countEntries(reports.flatMap((each) => each.entries));
  t.deepEqual((await scans.get(live.id))?.counts, counts);
  t.is((await scans.get(live.id))?.batches.reported, 3);
});

test('the sums of a live scan stay when its entries expire', async (t) => {
  const table = await makeTable(t, scansTable);
  const onTheDay = createDynamoScanStore(table, { now: hoursLater(1) });
  await onTheDay.create(live, live.id);
  await onTheDay.report(live.id, [report('a'), report('b', failed)]);
  const sums = (await onTheDay.get(live.id))?.counts;
  t.false(await createDynamoScanStore(table, { now: hoursLater(26) }).storeOldestSums(), 'its day is not over');
  const after = createDynamoScanStore(table, { now: hoursLater(27.1) });
  t.true(await after.storeOldestSums());
  t.false(await after.storeOldestSums());
  await expire(table, ['a']);
  t.deepEqual((await after.get(live.id))?.counts, sums);
  t.deepEqual((await after.list({ kind: 'live', limit: 1 }))[0]?.counts, sums);
});

test('a late report counts, before and after the sums are stored', async (t) => {
  const table = await makeTable(t, scansTable);
  const onTheDay = createDynamoScanStore(table, { now: hoursLater(1) });
  await onTheDay.create(live, live.id);
  await onTheDay.report(live.id, [report('a')]);
  const late = createDynamoScanStore(table, { now: hoursLater(100) });
  await late.report(live.id, [report('b')]);
  t.is((await late.get(live.id))?.counts.objects, 2);
  t.true(await createDynamoScanStore(table, { now: hoursLater(100) }).storeOldestSums());
  await late.report(live.id, [report('c'), report('a', failed)]);
  t.like((await late.get(live.id))?.counts, { objects: 3, covered: 2, failed: 1 });
});

test('a report that comes while the sums are stored is not lost, and two finishers count once', async (t) => {
  const table = await makeTable(t, scansTable);
  const onTheDay = createDynamoScanStore(table, { now: hoursLater(1) });
  await onTheDay.create(live, live.id);
  await onTheDay.report(live.id, [report('a')]);
  const now = hoursLater(30);
  const late = createDynamoScanStore(table, { now });
  let isHeld = true;
  const slow = watched(table, async (actions) => {
    if (!isHeld || actions.length === 1) return;
    isHeld = false;
    // After it has added up, and before it stores.
    await late.report(live.id, [report('b')]);
  });
  const finisher = createDynamoScanStore(slow.table, { now });
  t.false(await finisher.storeOldestSums(), 'the next round adds up again');
  const others = [finisher, late, createDynamoScanStore(table, { now })];
  const stored = await Promise.all(others.map((each) => each.storeOldestSums()));
  t.is(stored.filter(Boolean).length, 1);
  t.is((await late.get(live.id))?.counts.objects, 2);
});

test('the oldest open ledger comes first', async (t) => {
  const scans = createDynamoScanStore(await makeTable(t, scansTable), { now: hoursLater(1000) });
  for (const day of ['03', '02', '05']) {
    const id = `live-2026-01-${day}`;
    await scans.create({ ...live, id, createdAt: `2026-01-${day}T00:00:00.000Z` }, id);
    await scans.report(id, [report(day)]);
  }
  for (const stored of [true, true, true, false]) t.is(await scans.storeOldestSums(), stored);
  t.deepEqual(
    (await scans.list({ kind: 'live', limit: 9 })).map(({ id, counts }) => [id.slice(-2), counts.objects]),
    [
      ['05', 1],
      ['03', 1],
      ['02', 1],
    ],
  );
});
