import { setTimeout as sleep } from 'node:timers/promises';
import test from 'ava';
import fc from 'fast-check';
import { type ObjectFilter, passesFilter } from '../../../domain/objects/object.ts';
import type { ObjectReader } from '../../../ports/object-store.ts';
import { startListingServer } from '../../../testing/s3/s3-listing-server.ts';
import { createS3ObjectStore } from './s3-object-store.ts';
import { withinPrefix } from './within-prefix.ts';

/** A listing in memory that records its requests. */
function memory(keys: readonly string[]) {
  const asked: (ObjectFilter | undefined)[] = [];
  const list: ObjectReader['list'] = async ({ filter = {} }) => {
    asked.push(filter);
    const all = keys.map((key) => ({ bucket: 'b', key, version: '1', size: 1, arrivedAt: '2026-01-01T00:00:00.000Z' }));
    return { objects: all.filter((each) => passesFilter(each, filter)), problems: [], next: null };
  };
  return { list, asked };
}

const text = fc.string({ unit: fc.constantFrom('a', 'b', '/'), maxLength: 4 });

test('only objects with the prefix that pass the filter are listed, and nothing else is requested', async (t) => {
  await fc.assert(
    fc.asyncProperty(fc.array(text), text, fc.option(text, { nil: undefined }), async (keys, prefix, asks) => {
      const store = memory(keys);
      const filter = { minBytes: 1, ...(asks === undefined ? {} : { prefix: asks }) };
      const { objects, next } = await withinPrefix(store, prefix).list({ filter, after: null, limit: 10 });
      t.deepEqual(
        objects.map(({ key }) => key),
        keys.filter((key) => key.startsWith(prefix) && key.startsWith(asks ?? '')),
      );
      t.is(next, null);
      for (const each of store.asked) {
        t.true(each?.prefix === undefined ? prefix === '' : each.prefix.startsWith(prefix));
        t.is(each?.minBytes, 1);
      }
    }),
  );
});

test('a filter that excludes the prefix is handled without a request, and a longer one is left unchanged', async (t) => {
  const store = memory(['in/a', 'in/b', 'out']);
  const reader = withinPrefix(store, 'in/');
  const page = { after: null, limit: 10 };
  t.deepEqual(await reader.list({ ...page, filter: { prefix: 'out' } }), { objects: [], problems: [], next: null });
  t.deepEqual(store.asked, []);
  await reader.list({ ...page, filter: { prefix: 'in/a' } });
  await reader.list({ ...page, filter: { prefix: 'i' } });
  await reader.list(page);
  t.deepEqual(store.asked, [{ prefix: 'in/a' }, { prefix: 'in/' }, { prefix: 'in/' }]);
});

for (const versioned of [false, true]) {
  test(`a large prefix is listed in parallel, with no request outside it, ${versioned ? 'with' : 'without'} versions`, async (t) => {
    const inside = Array.from({ length: 9000 }, (_, index) => `in/${index % 30}/${index}`);
    const outside = Array.from({ length: 3000 }, (_, index) => `${index % 2 === 0 ? 'a' : 'z'}/${index}`);
    const asked = new Set<string | null>();
    const server = await startListingServer(t, {
      keys: [...inside, ...outside],
      hold: () => sleep(5),
      isDenied(query) {
        asked.add(query.get('prefix'));
        return query.get('prefix')?.startsWith('in/') !== true;
      },
    });
    const { list } = withinPrefix(createS3ObjectStore({ ...server, versioned }), 'in/');
    const keys: string[] = [];
    for (let after: string | null = null; ; ) {
      const page: Awaited<ReturnType<typeof list>> = await list({ after, limit: 1000 });
      keys.push(...page.objects.map(({ key }) => key));
      if (page.next === null) break;
      after = page.next;
    }
    t.deepEqual(keys.toSorted(), inside.toSorted());
    t.true(server.mostUnderWay > 1);
    t.deepEqual([...asked], ['in/'], 'the folders below it are asked for by the same prefix');
    t.true(server.requests < 9000 / 1000 + 40, 'what lies beside it is not gone through');
  });
}
