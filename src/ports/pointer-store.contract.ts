import type { ExecutionContext, TestFn } from 'ava';
import type { PointerStore } from './pointer-store.ts';

/** Tests that every `PointerStore` passes. `makeAdapter` returns an empty one. */
export function pointerStoreContract(
  test: TestFn,
  makeAdapter: (t: ExecutionContext) => Promise<PointerStore> | PointerStore,
): void {
  test('pointers: a pointer that was never written is null', async (t) => {
    const pointers = await makeAdapter(t);
    t.is(await pointers.get('none'), null);
  });

  test('pointers: a first write expects no value', async (t) => {
    const pointers = await makeAdapter(t);
    t.false(await pointers.compareAndSet('a', 1, 'x'));
    t.true(await pointers.compareAndSet('a', null, 'x'));
    t.false(await pointers.compareAndSet('a', null, 'y'));
    t.is((await pointers.get('a'))?.value, 'x');
  });

  test('pointers: every write changes the revision, even one of the same value', async (t) => {
    const pointers = await makeAdapter(t);
    await pointers.compareAndSet('a', null, 'x');
    const first = (await pointers.get('a'))?.revision ?? null;
    t.true(await pointers.compareAndSet('a', first, 'x'));
    t.not((await pointers.get('a'))?.revision, first);
    t.false(await pointers.compareAndSet('a', first, 'late'));
  });

  test('pointers: of many writers at once exactly one succeeds', async (t) => {
    const pointers = await makeAdapter(t);
    await pointers.compareAndSet('a', null, 'start');
    const revision = (await pointers.get('a'))?.revision ?? null;
    const wins = await Promise.all(
      Array.from({ length: 10 }, (_, index) => pointers.compareAndSet('a', revision, `w${index}`)),
    );
    t.is(wins.filter(Boolean).length, 1);
    t.is((await pointers.get('a'))?.value, `w${wins.indexOf(true)}`);
  });

  test('pointers: names are independent of each other', async (t) => {
    const pointers = await makeAdapter(t);
    await pointers.compareAndSet('a', null, '1');
    t.is(await pointers.get('A'), null);
    t.true(await pointers.compareAndSet('a/b', null, '2'));
    t.is((await pointers.get('a'))?.value, '1');
  });
}
