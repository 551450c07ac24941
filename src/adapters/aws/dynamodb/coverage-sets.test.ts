import test from 'ava';
import { createCoverageSets } from './coverage-sets.ts';
import type { Item, ItemKey, Table } from './table.ts';

/** A table in memory that counts its requests, and can fail. */
function countedTable(): { readonly table: Table; readonly counts: { reads: number; writes: number }; fail: boolean } {
  const items = new Map<string, Item>();
  const counts = { reads: 0, writes: 0 };
  const idOf = ({ pk, sk }: Item | ItemKey) => `${String(pk)} ${String(sk)}`;
  const rig = { counts, fail: false, table: {} as Table };
  rig.table = {
    ...rig.table,
    name: 'objects',
    async get(key) {
      counts.reads += 1;
      await Promise.resolve();
      if (rig.fail) throw new Error('throttled');
      return items.get(idOf(key)) ?? null;
    },
    async put(item) {
      counts.writes += 1;
      await Promise.resolve();
      if (rig.fail) throw new Error('throttled');
      items.set(idOf(item), item);
    },
  };
  return rig;
}

const hashes = Array.from({ length: 5000 }, (_, index) => index.toString(16).padStart(64, '0'));

test('a set is read once for all objects that name it at the same time, and afterwards not at all', async (t) => {
  const { table, counts } = countedTable();
  const name = await createCoverageSets(table).put(hashes);
  const sets = createCoverageSets(table);
  const found = await Promise.all(Array.from({ length: 800 }, () => sets.get(name)));
  t.is(new Set(found).size, 1);
  t.deepEqual(found[0], hashes);
  await sets.get(name);
  t.is(counts.reads, 2, 'one for each item of the set');
});

test('a set is written once by simultaneous calls', async (t) => {
  const { table, counts } = countedTable();
  const sets = createCoverageSets(table);
  await Promise.all(Array.from({ length: 10 }, () => sets.put([...hashes])));
  t.is(counts.writes, 2, 'one for each item of the set');
});

test('a failed request is not remembered', async (t) => {
  const rig = countedTable();
  const sets = createCoverageSets(rig.table);
  rig.fail = true;
  await t.throwsAsync(sets.put(hashes), { message: 'throttled' });
  rig.fail = false;
  const name = await sets.put(hashes);
  const others = createCoverageSets(rig.table);
  rig.fail = true;
  await t.throwsAsync(others.get(name), { message: 'throttled' });
  rig.fail = false;
  t.deepEqual(await others.get(name), hashes);
  t.is(await others.put(hashes), name);
});

test('a set that was looked up before it was stored is stored all the same', async (t) => {
  const { table } = countedTable();
  const name = await createCoverageSets(countedTable().table).put(hashes);
  const sets = createCoverageSets(table);
  const lookup = t.throwsAsync(sets.get(name), { code: 'ERR_NOT_FOUND' });
  await sets.put(hashes);
  await lookup;
  t.deepEqual(await createCoverageSets(table).get(name), hashes);
});
