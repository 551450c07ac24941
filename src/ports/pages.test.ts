import test from 'ava';
import { pagesOf } from './pages.ts';

test('pages are read in order, each once, and none after the last', async (t) => {
  const asked: unknown[] = [];
  const list = async (from: { readonly after?: string }) => {
    asked.push(from);
    const items = Number(from.after ?? 0);
    return { items, next: items < 2 ? String(items + 1) : null };
  };
  const items: number[] = [];
  for await (const page of pagesOf(list)) items.push(page.items);
  t.deepEqual(items, [0, 1, 2]);
  t.deepEqual(asked, [{}, { after: '1' }, { after: '2' }]);
});

test('a page that the caller does not take is not read', async (t) => {
  let reads = 0;
  for await (const _ of pagesOf(async () => ({ next: String(++reads) }))) if (reads === 2) break;
  t.is(reads, 2);
});
