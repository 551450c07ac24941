import test from 'ava';
import { addCounts, countEntries, type Outcome, partScanned } from './outcome.ts';

const entry = (size: number, outcome: Outcome) => ({ bucket: 'b', key: 'k', version: '1', size, outcome });

test('an outcome covers the scanned bytes, which for a partly scanned object are its first part', (t) => {
  const counts = countEntries([
    entry(10, { status: 'scanned', matches: 1 }),
    entry(1000, { status: 'scanned', matches: 2, scannedBytes: 100 }),
    entry(1000, { status: 'skipped', reason: 'too_large' }),
  ]);
  t.like(counts, { objects: 3, scanned: 2, skipped: 1, bytes: 2010, scannedBytes: 110, matches: 3 });
  t.like(addCounts(counts, counts, -1), { objects: 0, bytes: 0, scannedBytes: 0 });
});

test('only a partial scan is reported as one', (t) => {
  t.deepEqual(partScanned(10, 9), { scannedBytes: 9 });
  t.deepEqual(partScanned(10, 10), {});
  t.deepEqual(partScanned(0, 0), {});
});
