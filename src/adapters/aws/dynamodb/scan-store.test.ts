import { randomBytes, randomInt } from 'node:crypto';
import type { Implementation } from 'ava';
import { maxNotScannedBytes, maxNotScannedListed, type NotScanned } from '../../../domain/inside/inside.ts';
import type { LedgerEntry, Outcome } from '../../../domain/scans/outcome.ts';
import { newScan } from '../../../domain/scans/scan.ts';
import { scanStoreContract } from '../../../ports/scan-store.contract.ts';
import { maxBatchesPerCheckpoint, maxSettledPerCheckpoint } from '../../../ports/scan-store.ts';
import { dynamoTest } from '../../../testing/aws/dynamodb-test.ts';
import { reportActions } from './batch-items.ts';
import { createDynamoScanStore } from './scan-store.ts';
import type { Item } from './table.ts';
import { ledgerDays, ledgerExpiry, scansTable } from './tables.ts';

const { test, makeTable } = dynamoTest();

scanStoreContract(test, async (t) => createDynamoScanStore(await makeTable(t, scansTable)), {
  runs: 25,
  ledgerByObject: false,
});

// The day of the contract's live scans.
const sameDay = { now: () => Date.parse('2026-01-01T12:00:00Z') };

const onTheDay = Object.assign(
  (title: string, run: Implementation<[]>) => test(`on the day of a live scan, ${title}`, run),
  test,
);

scanStoreContract(onTheDay, async (t) => createDynamoScanStore(await makeTable(t, scansTable), sameDay), {
  runs: 25,
  ledgerByObject: false,
});

test('an invocation may report more objects than fit in a transaction, and a batch more than fit in an item', async (t) => {
  const scans = createDynamoScanStore(await makeTable(t, scansTable));
  const fields = { rulesetId: '', full: false, buckets: [], filter: {}, createdAt: '2026-01-01', expected: null };
  await scans.create(newScan({ id: 'live', kind: 'live', ...fields }), 'live');
  const entry = (key: string, outcome: Outcome): LedgerEntry => ({ bucket: 'b', key, version: '1', size: 1, outcome });
  const reports = Array.from({ length: 260 }, (_, index) => ({
    batchId: `m${index}`,
    entries: [entry(`k${index}`, index % 5 === 0 ? { status: 'failed', reason: 'timeout' } : { status: 'covered' })],
  }));
  const entries = Array.from({ length: 700 }, (_, index) => entry(`l${index}`, { status: 'covered' }));
  await scans.report('live', [...reports, { batchId: 'large', entries }]);
  t.like(await scans.get('live'), { counts: { objects: 960, failed: 52, covered: 908 } });
  await scans.report('live', [{ batchId: 'large', entries: entries.slice(0, 3) }]);
  t.like(await scans.get('live'), { counts: { objects: 263, failed: 52 } });
  const keys = new Set<string>();
  for (let after: string | undefined; ; ) {
    const page = await scans.ledger('live', { limit: 50, ...(after === undefined ? {} : { after }) });
    for (const { key } of page.entries) keys.add(key);
    if (page.next === null) break;
    after = page.next;
  }
  t.is(keys.size, 263);
});

test('only scanned entries of a ledger expire; its sums, skipped, failed and unreported ones stay', async (t) => {
  const table = await makeTable(t, scansTable);
  const scans = createDynamoScanStore(table);
  const fields = { rulesetId: 'r', full: false, buckets: [], filter: {}, createdAt: '2026-01-01', expected: null };
  await scans.create(newScan({ id: 'one', kind: 'retro', ...fields }), 'one');
  const lease = await scans.acquireLease('one', 'me', { nowMs: 0, ttlMs: 1000 });
  if (lease === null) return t.fail();
  const object = { bucket: 'b', key: 'k', version: '1', size: 1, arrivedAt: '2026-01-01' };
  const batches = ['reported', 'planned'].map((batchId) => ({
    ...{ scanId: 'one', batchId, rulesetId: 'r', objects: [object] },
  }));
  const step = { cursor: { bucket: 'b', after: null }, listingDone: true, listed: { objects: 2, bytes: 2 } };
  await scans.checkpoint(lease, { ...step, batches, settled: null }, { nowMs: 0, ttlMs: 1000 });
  const entry = (index: number, outcome: Outcome): LedgerEntry => ({ ...object, key: `k${index}`, outcome });
  const before = Math.floor(Date.now() / 1000);
  await scans.report('one', [
    {
      batchId: 'reported',
      entries: [
        ...Array.from({ length: 300 }, (_, index) => entry(index, { status: 'covered' })),
        entry(300, { status: 'failed', reason: 'timeout' }),
      ],
    },
  ]);
  const items: Item[] = [];
  const shards = Array.from({ length: 16 }, (_, shard) => [`batches#one#${shard}`, `trouble#one#${shard}`]).flat();
  for (const pk of ['scan#one', ...shards]) {
    const query = { KeyConditionExpression: 'pk = :pk', ExpressionAttributeValues: { ':pk': pk } };
    for await (const item of table.query(query)) items.push(item);
  }
  const ages = (item: Item) => item[ledgerExpiry] !== undefined;
  t.deepEqual(
    items.filter(ages).map(({ sk: key }) => key),
    ['reported', 'reported#0000'],
  );
  const expiry = before + ledgerDays * 86_400;
  for (const { [ledgerExpiry]: at } of items.filter(ages)) t.true(Number(at) >= expiry && Number(at) <= expiry + 60);
  t.true(['planned', 'scan', 'unsent#planned'].every((sk) => items.some((item) => item['sk'] === sk && !ages(item))));
  t.true(items.some((item) => String(item['pk']).startsWith('trouble#') && !ages(item)));
});

test('a finished scan is not among those that are polled', async (t) => {
  const table = await makeTable(t, scansTable);
  const scans = createDynamoScanStore(table);
  const fields = { rulesetId: '', full: false, buckets: [], filter: {}, createdAt: '2026-01-01', expected: null };
  const active = async () => {
    const ids: unknown[] = [];
    const values = { ':pk': 'active-scans#retro' };
    for await (const item of table.query({ KeyConditionExpression: 'pk = :pk', ExpressionAttributeValues: values })) {
      ids.push(item['id']);
    }
    return ids;
  };
  for (const id of ['a', 'b']) await scans.create(newScan({ id, kind: 'retro', ...fields }), id);
  t.deepEqual(await active(), ['a', 'b']);
  await scans.setState('a', ['running'], 'cancelled', { at: '2026-01-02' });
  t.deepEqual(await active(), ['b']);
});

test('a checkpoint accepts the largest step of the batcher', async (t) => {
  const scans = createDynamoScanStore(await makeTable(t, scansTable));
  const fields = { rulesetId: '', full: false, buckets: [], filter: {}, createdAt: '2026-01-01', expected: null };
  await scans.create(newScan({ id: 'retro', kind: 'retro', ...fields }), 'key');
  const lease = await scans.acquireLease('retro', 'one', { nowMs: 0, ttlMs: 1000 });
  if (lease === null) throw new Error('no lease');
  const longKey = () => randomBytes(512).toString('hex');
  const objects = (count: number) =>
    Array.from({ length: count }, () => ({ bucket: 'b', key: longKey(), version: '1', size: 1, arrivedAt: '2026' }));
  const batches = Array.from({ length: maxBatchesPerCheckpoint }, (_, index) => ({
    ...{ scanId: 'retro', batchId: `b${index}`, rulesetId: 'r' },
    objects: objects(maxSettledPerCheckpoint / maxBatchesPerCheckpoint),
  }));
  const entries = objects(maxSettledPerCheckpoint).map(
    ({ arrivedAt: _, ...ref }, index): LedgerEntry => ({
      ...ref,
      outcome: index % 2 === 0 ? { status: 'covered' } : { status: 'skipped', reason: 'too_large' },
    }),
  );
  const step = { cursor: { bucket: 'b', after: 'x' }, listingDone: true, listed: { objects: 2000, bytes: 2000 } };
  await scans.checkpoint(lease, { ...step, batches, settled: { batchId: 's', entries } }, { nowMs: 0, ttlMs: 1000 });
  t.is((await scans.unsentBatches('retro', { limit: 100 })).length, maxBatchesPerCheckpoint);
  t.like(await scans.get('retro'), { counts: { objects: 1000, covered: 500, skipped: 500 } });
});

test('the largest batch of a preview can be reported: every rule matches every object, and nothing can be compressed', async (t) => {
  const scans = createDynamoScanStore(await makeTable(t, scansTable));
  const fields = { rulesetId: '', full: true, buckets: [], filter: {}, createdAt: '2026-01-01', expected: null };
  await scans.create(
    newScan({
      id: 'p',
      kind: 'preview',
      preview: { sample: 1, sha256: [], within: null, maxObjects: null },
      ...fields,
    }),
    'p',
  );
  const lease = await scans.acquireLease('p', 'one', { nowMs: 0, ttlMs: 1000 });
  if (lease === null) throw new Error('no lease');
  const objects = Array.from({ length: 10 }, () => ({
    ...{ bucket: 'b', key: randomBytes(768).toString('base64'), version: '1', size: 1, arrivedAt: '2026' },
  }));
  const batches = [{ scanId: 'p', batchId: 'b1', rulesetId: 'r', objects }];
  const step = { cursor: { bucket: 'b', after: 'x' }, listingDone: true, listed: { objects: 10, bytes: 10 } };
  await scans.checkpoint(lease, { ...step, batches, settled: null }, { nowMs: 0, ttlMs: 1000 });
  // As many rules and bytes of names and strings as src/app/previews/preview-scans.ts and
  // src/domain/scans/preview-matches.ts allow, and some more.
  const rule = () => `now/${randomBytes(72).toString('base64')}`;
  const string = () => ({ identifier: '$a', offset: 1, length: 64, data: randomBytes(150).toString('base64') });
  const entries = objects.map(({ arrivedAt, ...ref }): LedgerEntry => {
    const matches = Array.from({ length: 2000 }, (_, index) => ({
      rule: rule(),
      strings: index < 280 ? [string()] : [],
    }));
    return {
      ...{ ...ref, outcome: { status: 'scanned', matches: 2000 }, sha256: 'ab'.repeat(32) },
      preview: { arrivedAt, md5: 'cd'.repeat(16), hits: matches },
    };
  });
  t.true(entries.every((entry) => JSON.stringify(entry).length > 310_000));
  for (const _ of ['once', 'again']) await scans.report('p', [{ batchId: 'b1', entries }]);
  const found: LedgerEntry[] = [];
  for (let after: string | undefined; ; ) {
    const page = await scans.ledger('p', { limit: 3, ...(after === undefined ? {} : { after }) });
    found.push(...page.entries);
    if (page.next === null) break;
    after = page.next;
  }
  t.deepEqual(found, entries);
  t.like(await scans.get('p'), { batches: { reported: 1 }, counts: { objects: 10, matches: 20_000 } });
});

test('a batch of 100 objects with the longest list of missed members fits into a transaction', async (t) => {
  const list: NotScanned[] = [];
  // As many as the unpacker lists, with names that do not compress.
  const name = () => String.fromCodePoint(...Array.from({ length: 120 }, () => 0x4e00 + randomInt(0x5000)));
  const entryOf = () => ({ place: Array.from({ length: 8 }, name), reason: 'encrypted' as const });
  for (let bytes = 0; bytes < maxNotScannedBytes && list.length < maxNotScannedListed; ) {
    list.push(entryOf());
    bytes += Buffer.byteLength(JSON.stringify(list.at(-1)));
  }
  const entries = Array.from({ length: 100 }, (_, index): LedgerEntry => {
    const notScanned = list.map(entryOf);
    const inside = { scanned: 0, bytes: 0, formats: ['zip'], notScanned, reasons: { encrypted: 20 } };
    return { bucket: 'b', key: `k${index}`, version: '1', size: 1, outcome: { status: 'scanned', matches: 0, inside } };
  });
  const actions = await reportActions('scan', 'batch', entries, null);
  const sizes = actions.map(sizeOf);
  t.true(sizes.every((size) => size < 400_000));
  t.true(sizes.reduce((sum, size) => sum + size, 0) < 4_000_000);
});

function sizeOf(value: unknown): number {
  if (value instanceof Uint8Array) return value.length;
  if (typeof value !== 'object' || value === null) return String(value).length;
  return Object.entries(value).reduce((sum, [key, each]) => sum + key.length + sizeOf(each), 0);
}
