import test from 'ava';
import { recordStoreContract } from '../../../ports/record-store.contract.ts';
import { tempDatabase } from '../../../testing/local/temp-database.ts';
import { createSqliteRecordStore } from './record-store.ts';

recordStoreContract(test, (t) => createSqliteRecordStore({ db: tempDatabase(t) }));

const record = (key: string, coverage: readonly string[]) => ({
  ...{ bucket: 'c', key, version: '1', size: 1, sha256: null, scanId: 's', updatedAt: 'x', coverage },
  outcome: { status: 'covered' as const },
});

test('objects with the same coverage share one stored set', async (t) => {
  const db = tempDatabase(t);
  const records = createSqliteRecordStore({ db });
  const coverage = ['a', 'b'];
  await records.putMany(Array.from({ length: 500 }, (_, index) => record(`k${index}`, [...coverage])));
  t.is(db.prepare('SELECT count(*) sets FROM coverage_sets').get()?.['sets'], 1);
});

test('a write that was rolled back leaves no coverage behind, not even in memory', async (t) => {
  const db = tempDatabase(t);
  const records = createSqliteRecordStore({ db });
  const twice = ['x', 'y'];
  db.exec(
    "CREATE TEMP TRIGGER no BEFORE INSERT ON records WHEN NEW.key = 'bad' BEGIN SELECT RAISE(ABORT, 'refused'); END",
  );
  await t.throwsAsync(records.putMany([record('good', twice), record('bad', twice)]), { message: /refused/ });
  t.deepEqual(await records.getMany([record('good', [])]), [null]);
  await records.putMany([record('other', ['z'])]);
  await records.putMany([record('good', twice)]);
  t.deepEqual((await records.getMany([record('good', [])]))[0]?.coverage, twice);
  t.deepEqual((await records.getMany([record('other', [])]))[0]?.coverage, ['z']);
});
