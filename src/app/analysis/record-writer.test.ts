import { setTimeout as sleep } from 'node:timers/promises';
import test from 'ava';
import type { ObjectRecord, RecordStore } from '../../ports/record-store.ts';
import { createRecordWriter } from './record-writer.ts';

const settled = (key: string) => ({
  record: {
    ...{ bucket: 'b', key, version: '1', size: 1, sha256: null, scanId: 's', updatedAt: '', coverage: [] },
    outcome: { status: 'scanned', matches: 0 },
  } satisfies ObjectRecord,
});

function fakeStore(putMany: RecordStore['putMany']): RecordStore {
  return { getMany: async () => [], putMany };
}

test('records are written many at a time, in order, and reported once they are durable', async (t) => {
  const writes: string[][] = [];
  const reported: string[] = [];
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  const writer = createRecordWriter({
    records: fakeStore(async (records) => {
      await opened;
      writes.push(records.map(({ key }) => key));
    }),
    maxWaiting: 2,
    maxWaitMs: 60_000,
    onStored: ({ record }: ReturnType<typeof settled>) => reported.push(record.key),
  });
  for (const key of ['a', 'b', 'c', 'd', 'e']) writer.add(settled(key));
  await sleep(0);
  t.deepEqual(reported, []);
  open();
  await writer.flush();
  t.deepEqual(writes, [['a', 'b'], ['c', 'd'], ['e']]);
  t.deepEqual(reported, ['a', 'b', 'c', 'd', 'e']);
});

test('a record does not wait for others longer than it may', async (t) => {
  let written = () => {};
  const done = new Promise<void>((resolve) => {
    written = resolve;
  });
  const records = fakeStore(async () => written());
  const writer = createRecordWriter({ records, maxWaiting: 100, maxWaitMs: 1, onStored: () => {} });
  writer.add(settled('a'));
  await done;
  t.pass();
});

test('if records may not wait, each is written at once', async (t) => {
  const writes: number[] = [];
  const records = fakeStore(async (some) => void writes.push(some.length));
  const writer = createRecordWriter({ records, maxWaiting: 100, maxWaitMs: 0, onStored: () => {} });
  for (const key of ['a', 'b', 'c']) writer.add(settled(key));
  await writer.flush();
  t.deepEqual(writes, [1, 1, 1]);
});

test('flush throws what the store throws, and unwritten records are not reported', async (t) => {
  const reported: string[] = [];
  const records = fakeStore(async () => Promise.reject(new Error('no disk')));
  const writer = createRecordWriter({
    records,
    maxWaiting: 1,
    maxWaitMs: 1000,
    onStored: ({ record }: ReturnType<typeof settled>) => reported.push(record.key),
  });
  writer.add(settled('a'));
  writer.add(settled('b'));
  await t.throwsAsync(writer.flush(), { message: 'no disk' });
  t.deepEqual(reported, []);
});
