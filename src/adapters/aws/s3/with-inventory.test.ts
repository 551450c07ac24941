import test from 'ava';
import fc from 'fast-check';
import { hasCode } from '../../../domain/errors.ts';
import { type ObjectFilter, type ObjectInfo, passesFilter } from '../../../domain/objects/object.ts';
import type { Inventory } from '../../../ports/inventory.ts';
import type { ObjectReader } from '../../../ports/object-store.ts';
import { withInventory } from './with-inventory.ts';

const completeBefore = '2026-01-05T00:00:00.000Z';

function objectAt(key: string, day: number): ObjectInfo {
  const arrivedAt = `2026-01-${String(day).padStart(2, '0')}T00:00:00.000Z`;
  return { bucket: 'corpus', key, version: '1', size: 1, arrivedAt };
}

/** Lists what passes among each `limit` objects; cursors are numbers after a name. */
function lister(name: string, objects: readonly ObjectInfo[], asked: string[] = []): ObjectReader['list'] {
  return async ({ filter = {}, after, limit }) => {
    asked.push(`${name} ${after ?? 'begin'}`);
    const [from, at = '0'] = after === null ? [name] : after.split(' ');
    if (from !== name) throw new Error(`${name} cannot go on at ${after}`);
    const end = Number(at) + limit;
    const page = objects.slice(Number(at), end).filter((each) => passesFilter(each, filter));
    return { objects: page, problems: [], next: end < objects.length ? `${name} ${end}` : null };
  };
}

function make(inInventory: readonly ObjectInfo[], inBucket: readonly ObjectInfo[]) {
  const asked: string[] = [];
  const list = lister('inventory-1', inInventory, asked);
  const createdAt = '2026-01-12T00:00:00.000Z';
  const inventory: Inventory = { name: 'i', id: 'inventory-1', bucket: 'corpus', createdAt, completeBefore, list };
  const head: ObjectReader['head'] = async ({ key }) => objectAt(key, 1);
  const read = () => Promise.reject(new Error('not read'));
  const reader: ObjectReader = { bucket: 'corpus', head, read, list: lister('bucket', inBucket, asked) };
  return { asked, inventory, reader, both: () => withInventory(reader, inventory) };
}

/** Every page by a new reader, as after a crash. */
async function listAll(
  both: () => ObjectReader,
  limit: number,
  filter: ObjectFilter = {},
): Promise<readonly ObjectInfo[]> {
  const all: ObjectInfo[] = [];
  for (let after: string | null = null; ; ) {
    const page: Awaited<ReturnType<ObjectReader['list']>> = await both().list({ filter, after, limit });
    all.push(...page.objects);
    if (page.next === null) return all;
    after = page.next;
  }
}

test('every object is listed once: early ones from the inventory, late ones from the bucket', async (t) => {
  const gone = objectAt('gone', 2);
  const old = objectAt('old', 4);
  const both = objectAt('both', 5);
  const late = objectAt('late', 20);
  const { both: open } = make([gone, old, both], [both, late, old]);
  for (const limit of [1, 2, 100]) t.deepEqual(await listAll(open, limit), [gone, old, both, late]);
});

test('whatever the arrival times, nothing is listed twice and no existing object is left out', async (t) => {
  const days = fc.integer({ min: 1, max: 28 });
  const objects = fc.uniqueArray(fc.tuple(fc.integer({ min: 0, max: 99 }), days), { selector: ([key]) => key });
  const lacksLate = fc.func(fc.boolean());
  const filter = fc.record(
    {
      arrivedAfter: days.map((day) => objectAt('', day).arrivedAt),
      arrivedBefore: days.map((day) => objectAt('', day).arrivedAt),
      prefix: fc.constantFrom('1', '2'),
    },
    { requiredKeys: [] },
  );
  await fc.assert(
    fc.asyncProperty(objects, lacksLate, filter, fc.integer({ min: 1, max: 10 }), async (all, lacks, chosen, limit) => {
      const inBucket = all.map(([key, day]) => objectAt(String(key), day));
      const inInventory = inBucket.filter((each) => each.arrivedAt < completeBefore || !lacks(each.key));
      const found = await listAll(make(inInventory, inBucket).both, limit, chosen);
      const keys = (infos: readonly ObjectInfo[]) => infos.map(({ key }) => key).sort();
      t.deepEqual(keys(found), keys(inBucket.filter((each) => passesFilter(each, chosen))));
    }),
  );
});

test('the bucket is not queried if nothing late can pass, nor the inventory if nothing early can', async (t) => {
  const all = [objectAt('old', 4), objectAt('late', 6)];
  const early = make(all, all);
  t.is((await listAll(early.both, 10, { arrivedBefore: completeBefore })).length, 1);
  t.deepEqual(early.asked, ['inventory-1 begin']);
  const late = make(all, all);
  t.is((await listAll(late.both, 10, { arrivedAfter: completeBefore })).length, 1);
  t.deepEqual(late.asked, ['bucket begin']);
});

test('pages of the bucket with nothing late are skipped, some at a time', async (t) => {
  const old = Array.from({ length: 60 }, (_, index) => objectAt(`${index}`, 1));
  const { both, asked } = make([], [...old, objectAt('late', 6)]);
  const pages: number[] = [];
  for (let after: string | null = null; pages.length === 0 || after !== null; ) {
    const page: Awaited<ReturnType<ObjectReader['list']>> = await both().list({ after, limit: 1 });
    pages.push(page.objects.length);
    after = page.next;
  }
  t.deepEqual(pages, [0, 0, 0, 1]);
  t.is(asked.length, 62);
});

test('neither part continues with a cursor of another inventory', async (t) => {
  const { both, inventory, reader } = make([], [objectAt('a', 20), objectAt('b', 20)]);
  const { next } = await both().list({ after: null, limit: 1 });
  const { next: further } = await both().list({ after: next, limit: 1 });
  const other = withInventory(reader, { ...inventory, id: 'inventory-2' });
  for (const after of [next, further]) await t.throwsAsync(other.list({ after, limit: 1 }));
});

test('an inventory of another bucket is refused', (t) => {
  const { inventory, reader } = make([], []);
  const error = t.throws(() => withInventory(reader, { ...inventory, bucket: 'other' }));
  t.true(hasCode(error, 'ERR_CONFIG') && /belongs to other, not to corpus/.test(error.message));
});
