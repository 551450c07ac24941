import type { ExecutionContext, TestFn } from 'ava';
import type { ObjectRecord, RecordStore } from './record-store.ts';

const record = (fields: Partial<ObjectRecord> = {}): ObjectRecord => ({
  bucket: 'corpus',
  key: 'a',
  version: '1',
  size: 3,
  sha256: 'ab'.repeat(32),
  outcome: { status: 'scanned', matches: 2 },
  scanId: 's1',
  updatedAt: '2026-01-01T00:00:00.000Z',
  coverage: [],
  ...fields,
});

/** Tests that every `RecordStore` passes. `makeAdapter` returns an empty one. */
export function recordStoreContract(
  test: TestFn,
  makeAdapter: (t: ExecutionContext) => Promise<RecordStore> | RecordStore,
): void {
  test('records: results are in the requested order, null if there is none', async (t) => {
    const records = await makeAdapter(t);
    const a = record({ key: 'a' });
    const b = record({ key: 'b', outcome: { status: 'skipped', reason: 'too_large', detail: 'x' }, sha256: null });
    await records.putMany([a, b]);
    t.deepEqual(await records.getMany([b, record({ key: 'c' }), a, b]), [b, null, a, b]);
    t.deepEqual(await records.getMany([]), []);
  });

  test('records: every kind of outcome is returned as written', async (t) => {
    const records = await makeAdapter(t);
    const all = [
      record({ key: '1', outcome: { status: 'scanned', matches: 0 } }),
      record({ key: '2', outcome: { status: 'covered' } }),
      record({ key: '3', outcome: { status: 'failed', reason: 'timeout' } }),
      record({ key: '4', outcome: { status: 'failed', reason: 'denied', detail: 'EACCES' } }),
      record({ key: '5', outcome: { status: 'scanned', matches: 1, scannedBytes: 2 } }),
      record({ key: '6', outcome: { status: 'scanned', matches: 1, matchLimitReached: true } }),
    ];
    await records.putMany(all);
    t.deepEqual(await records.getMany(all), all);
  });

  test('records: coverage is added to, everything else is replaced', async (t) => {
    const records = await makeAdapter(t);
    await records.putMany([record({ coverage: ['b', 'd'] })]);
    const later = record({
      coverage: ['a', 'd'],
      scanId: 's2',
      outcome: { status: 'covered' },
      updatedAt: '2026-01-02T00:00:00.000Z',
    });
    await records.putMany([later]);
    t.deepEqual(await records.getMany([later]), [{ ...later, coverage: ['a', 'b', 'd'] }]);
  });

  test('records: the uploader of an object is returned as written', async (t) => {
    const records = await makeAdapter(t);
    const all = [
      record({ key: '1', uploadedBy: { principal: 'AWS:AROAEXAMPLE:i-0123', address: '203.0.113.9' } }),
      record({ key: '2', uploadedBy: { principal: '111122223333' } }),
      record({ key: '3' }),
    ];
    await records.putMany(all);
    t.deepEqual(await records.getMany(all), all);
    const later = all.map((each) => ({ ...each, scanId: 's2' }));
    await records.putMany(later);
    t.deepEqual(await records.getMany(all), later);
  });

  test('records: a write without coverage removes none', async (t) => {
    const records = await makeAdapter(t);
    await records.putMany([record({ coverage: ['a'] })]);
    await records.putMany([record({ outcome: { status: 'failed', reason: 'timeout' } })]);
    t.deepEqual((await records.getMany([record()]))[0]?.coverage, ['a']);
  });

  test("records: simultaneous writers never lose each other's coverage", async (t) => {
    const records = await makeAdapter(t);
    const hashes = Array.from({ length: 12 }, (_, index) => `h${String(index).padStart(2, '0')}`);
    await Promise.all(hashes.map((hash) => records.putMany([record({ coverage: [hash] })])));
    t.deepEqual((await records.getMany([record()]))[0]?.coverage, hashes);
  });

  test('records: the same object twice in one call adds both', async (t) => {
    const records = await makeAdapter(t);
    await records.putMany([record({ coverage: ['a'] }), record({ coverage: ['b'] })]);
    t.deepEqual((await records.getMany([record()]))[0]?.coverage, ['a', 'b']);
  });

  test('records: bucket, key and version distinguish objects, whatever they contain', async (t) => {
    const records = await makeAdapter(t);
    const all = [
      record({ key: 'a', version: 'b/c' }),
      record({ key: 'a/b', version: 'c' }),
      record({ key: 'a', version: 'b', bucket: 'file' }),
      record({ key: 'a"b\n|ü\u{1f600}', version: 'b' }),
      record({ key: 'A', version: 'b' }),
    ].map((each, index) => ({ ...each, size: index }));
    await records.putMany(all);
    t.deepEqual(await records.getMany(all), all);
  });

  test('records: thousands of rules cover thousands of objects', async (t) => {
    const records = await makeAdapter(t);
    const coverage = Array.from({ length: 2000 }, (_, index) => index.toString(16).padStart(64, '0'));
    const all = Array.from({ length: 50 }, (_, index) => record({ key: `k${index}`, coverage }));
    await records.putMany(all);
    const added = 'f'.repeat(64);
    await records.putMany(all.map((each) => ({ ...each, coverage: [added] })));
    for (const each of await records.getMany(all)) t.deepEqual(each?.coverage, [...coverage, added]);
  });
}
