import { recordStoreContract } from '../../../ports/record-store.contract.ts';
import type { ObjectRecord } from '../../../ports/record-store.ts';
import { dynamoTest } from '../../../testing/aws/dynamodb-test.ts';
import { createDynamoRecordStore } from './record-store.ts';
import { objectsTable } from './tables.ts';

const { test, makeTable } = dynamoTest();

test('more rules than fit in one item are all visible to the next reader', async (t) => {
  const table = await makeTable(t, objectsTable);
  const coverage = Array.from({ length: 9000 }, (_, index) => index.toString(16).padStart(64, '0'));
  const record: ObjectRecord = {
    ...{ bucket: 'b', key: 'k', version: '1', size: 1, sha256: null, scanId: 's', updatedAt: '2026', coverage },
    outcome: { status: 'scanned', matches: 0 },
  };
  await createDynamoRecordStore(table).putMany([record]);
  t.deepEqual(await createDynamoRecordStore(table).getMany([record]), [record]);
});

recordStoreContract(test, async (t) => createDynamoRecordStore(await makeTable(t, objectsTable)));

const record = (key: string, coverage: readonly string[]): ObjectRecord => ({
  ...{ bucket: 'corpus', key, version: '1', size: 3, sha256: 'ab'.repeat(32), scanId: 's', coverage },
  outcome: { status: 'scanned', matches: 0 },
  updatedAt: '2026-01-01T00:00:00.000Z',
});

test('records: coverage is added to what another process wrote since the read', async (t) => {
  const table = await makeTable(t, objectsTable);
  const [one, other] = [createDynamoRecordStore(table), createDynamoRecordStore(table)];
  await other.putMany([record('known', ['a'])]);
  const all = [record('new', ['b']), record('known', ['b'])];
  await one.getMany(all);
  await other.putMany([record('new', ['c']), record('known', ['c'])]);
  await one.putMany(all);
  const coverage = (await other.getMany(all)).map((each) => each?.coverage);
  t.deepEqual(coverage, [
    ['b', 'c'],
    ['a', 'b', 'c'],
  ]);
});

test('records: a write trusts an earlier read once, and the next write reads again', async (t) => {
  const table = await makeTable(t, objectsTable);
  let lost = 0;
  const write: typeof table.write = async (actions) => {
    const written = await table.write(actions);
    if (!written) lost += 1;
    return written;
  };
  const records = createDynamoRecordStore({ ...table, write });
  await records.getMany([record('a', [])]);
  for (const logic of ['a', 'b', 'c']) await records.putMany([record('a', [logic])]);
  t.deepEqual((await records.getMany([record('a', [])]))[0]?.coverage, ['a', 'b', 'c']);
  t.is(lost, 0);
});

test('records: those of new objects are written in one request, and a known object separately', async (t) => {
  const table = await makeTable(t, objectsTable);
  const inserts: number[] = [];
  const writes: number[] = [];
  const records = createDynamoRecordStore({
    ...table,
    insertNew: (items) => {
      inserts.push(items.length);
      return table.insertNew(items);
    },
    write: (actions) => {
      writes.push(actions.length);
      return table.write(actions);
    },
  });
  await createDynamoRecordStore(table).putMany([record('known', ['a'])]);
  const all = [record('a', ['b']), record('known', ['b']), record('c', [])];
  await records.getMany(all);
  await records.putMany(all);
  t.deepEqual({ inserts, writes }, { inserts: [2], writes: [1] });
  const coverage = (await records.getMany(all)).map((each) => each?.coverage);
  t.deepEqual(coverage, [['b'], ['a', 'b'], []]);
});

test('records: an insert that fails, or whose response is lost, is followed by a separate write', async (t) => {
  const table = await makeTable(t, objectsTable);
  const records = createDynamoRecordStore({
    ...table,
    insertNew: async (items) => {
      await table.insertNew(items.slice(0, 1));
      return items.map(() => 'unknown');
    },
  });
  const all = [record('a', ['b']), record('c', ['d'])];
  await records.getMany(all);
  await records.putMany(all);
  t.deepEqual(await createDynamoRecordStore(table).getMany(all), all);
});
