import type { ExecutionContext, TestFn } from 'ava';
import type { JournalEntry, JournalPlace, UploadJournal } from './upload-journal.ts';

const entry = (fingerprint: string): JournalEntry => ({
  ...{ fingerprint, size: 3, sha256: 'ab'.repeat(32), version: '1' },
});
const place = (path: string, key = path): JournalPlace => ({ path, key });

/** Tests that every `UploadJournal` passes. `makeAdapter` returns an empty one. */
export function uploadJournalContract(
  test: TestFn,
  makeAdapter: (t: ExecutionContext) => Promise<UploadJournal> | UploadJournal,
): void {
  test('journal: an entry is found only by its path and key', async (t) => {
    const journal = await makeAdapter(t);
    t.is(await journal.find(place('/a')), null);
    await journal.record(place('/a', 'k'), { ...entry('f'), size: 2 ** 40 });
    t.deepEqual(await journal.find(place('/a', 'k')), { ...entry('f'), size: 2 ** 40 });
    for (const other of [place('/A', 'k'), place('/a', 'K'), place('/a'), place('k', '/a')]) {
      t.is(await journal.find(other), null);
    }
  });

  test('journal: the last entry for a path and key counts, and a forgotten one is gone', async (t) => {
    const journal = await makeAdapter(t);
    await journal.record(place('/a'), entry('1'));
    await journal.record(place('/b'), entry('1'));
    await journal.record(place('/a'), entry('2'));
    t.deepEqual(await journal.find(place('/a')), entry('2'));
    t.is((await journal.oldest(10, await journal.mark())).length, 2);
    await journal.forget(place('/a'));
    await journal.forget(place('/never'));
    t.is(await journal.find(place('/a')), null);
    t.deepEqual(await journal.find(place('/b')), entry('1'));
  });

  test('journal: the entries recorded or kept the longest ago come first', async (t) => {
    const journal = await makeAdapter(t);
    for (const name of ['/c', '/a', '/b']) await journal.record(place(name), entry(name));
    const oldest = async (limit: number) => (await journal.oldest(limit, await journal.mark())).map(({ path }) => path);
    t.deepEqual(await oldest(2), ['/c', '/a']);
    await journal.keep(place('/c'));
    await journal.keep(place('/never'));
    t.deepEqual(await oldest(9), ['/a', '/b', '/c']);
    t.deepEqual(await journal.find(place('/c')), entry('/c'));
    await journal.record(place('/a'), entry('new'));
    t.deepEqual(await oldest(9), ['/b', '/c', '/a']);
    t.deepEqual(await oldest(0), []);
  });

  test('journal: entries recorded or kept after a mark are not among the oldest before it', async (t) => {
    const journal = await makeAdapter(t);
    const empty = await journal.mark();
    for (const name of ['/a', '/b', '/c']) await journal.record(place(name), entry(name));
    const mark = await journal.mark();
    await journal.record(place('/d'), entry('/d'));
    await journal.keep(place('/a'));
    t.deepEqual(await journal.oldest(9, mark), [place('/b'), place('/c')]);
    t.deepEqual(await journal.oldest(9, empty), []);
  });
}
