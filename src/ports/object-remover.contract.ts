import type { ExecutionContext, TestFn } from 'ava';
import { hasCode } from '../domain/errors.ts';
import type { ObjectRemover } from './object-remover.ts';
import type { ObjectStore } from './object-store.ts';

/** A remover under test, and the store from which it removes. */
export interface RemoverUnderTest {
  readonly remover: ObjectRemover;
  readonly store: ObjectStore;
}

const text = (value: string) => new TextEncoder().encode(value);

/** Tests that every `ObjectRemover` passes. `makeAdapter` returns an empty bucket. */
export function objectRemoverContract(
  test: TestFn,
  makeAdapter: (t: ExecutionContext) => Promise<RemoverUnderTest> | RemoverUnderTest,
): void {
  const keysOf = async ({ store }: RemoverUnderTest) =>
    (await store.list({ after: null, limit: 1000 })).objects.map(({ key }) => key).sort();

  test('remover: a key is removed with all its versions, and can be put again', async (t) => {
    const parts = await makeAdapter(t);
    const { store, remover } = parts;
    t.is(remover.bucket, store.bucket);
    const infos = [await store.put('a', text('1')), await store.put('a', text('2')), await store.put('a', text('1'))];
    await remover.removeAll('a');
    for (const version of [undefined, ...infos.map((info) => info.version)]) {
      const ref = { key: 'a', ...(version === undefined ? {} : { version }) };
      t.true(hasCode(await t.throwsAsync(store.head(ref)), 'ERR_OBJECT_GONE'));
    }
    t.deepEqual(await keysOf(parts), []);
    const again = await store.put('a', text('1'));
    t.deepEqual((await store.read(again, { maxBytes: 9 })).bytes, text('1'));
  });

  test('remover: no other key is affected, neither one with the same prefix nor one with the same content', async (t) => {
    const parts = await makeAdapter(t);
    const others = ['a/b', 'a b', 'ab', 'A', 'b'];
    for (const key of ['a', ...others]) await parts.store.put(key, text('same'));
    await parts.remover.removeAll('a');
    t.deepEqual(await keysOf(parts), others.toSorted());
    for (const key of others) {
      const info = await parts.store.head({ key });
      t.deepEqual((await parts.store.read(info, { maxBytes: 9 })).bytes, text('same'));
    }
  });

  test('remover: keys of every form are removed', async (t) => {
    const parts = await makeAdapter(t);
    const keys = ['a b+c%41', 'ü/\u65e5\u672c \u{1f600}', '100%', '<&>"\'', 'new\nline', '/lead', 'x'.repeat(1024)];
    for (const key of keys) await parts.store.put(key, text(key));
    t.deepEqual(await keysOf(parts), keys.toSorted());
    for (const key of keys) await parts.remover.removeAll(key);
    t.deepEqual(await keysOf(parts), []);
  });

  test('remover: removing a missing key is not an error', async (t) => {
    const parts = await makeAdapter(t);
    await t.notThrowsAsync(parts.remover.removeAll('a'));
    await parts.store.put('a', text('1'));
    await parts.remover.removeAll('a');
    await t.notThrowsAsync(parts.remover.removeAll('a'));
  });
}
