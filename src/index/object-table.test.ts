import test from 'ava';
import fc from 'fast-check';
import { type ObjectRef, objectId } from '../domain/objects/object.ts';
import { createObjectTable, type NameHash } from './object-table.ts';
import { createObjectsCache } from './objects-cache.ts';
import { decodeObjects, encodeObjects, objectsOf, type SegmentObjects } from './segment-objects.ts';

/** Few letters, so that names are often the same, or are when their parts are joined. */
const part = fc.oneof(
  fc.string({ unit: fc.constantFrom('a', 'b', '\0'), maxLength: 6 }),
  fc.string({ unit: 'binary' }),
);
const half = fc.constantFrom('\ud800', '\udc00', '\ufffd', 'é');
const text = fc.oneof(
  part,
  half,
  fc.tuple(part, half).map((parts) => parts.join('')),
);
const object = fc.record({ bucket: fc.constantFrom('one', 'two'), key: text, version: text, size: fc.nat() });
const segments = fc.array(fc.array(object, { maxLength: 30 }), { maxLength: 6 });

const decoded = (objects: Parameters<typeof encodeObjects>[0]): SegmentObjects => {
  const { buckets, bytes } = encodeObjects(objects);
  return decodeObjects(buckets, objects.length, bytes);
};
/** All names have it. */
const oneHash: NameHash = { hashAt: () => 7, hash: () => 7 };

test('the objects of a segment are read as they were written', (t) => {
  fc.assert(fc.property(fc.array(object), (objects) => t.deepEqual([...objectsOf(decoded(objects))], objects)));
});

for (const [title, hash] of [
  ['', undefined],
  [', also if all have the same hash', oneHash],
] as const) {
  test(`a table finds every object where it is, and no other${title}`, (t) => {
    fc.assert(
      fc.property(segments, fc.array(object), fc.nat(3), (all, others, leftOut) => {
        const table = createObjectTable(hash);
        const places = new Map<string, { segment: number; place: number }[]>();
        for (const [segment, objects] of all.entries()) {
          table.add(decoded(objects), (place) => place % 4 === leftOut);
          for (const [place, each] of objects.entries()) {
            if (place % 4 === leftOut) continue;
            const id = objectId(each);
            places.set(id, [...(places.get(id) ?? []), { segment, place }]);
          }
        }
        const wanted: readonly ObjectRef[] = [...all.flat(), ...others];
        for (const each of wanted) t.deepEqual(table.find(each), places.get(objectId(each)) ?? []);
        t.is(table.size, places.size);
      }),
    );
  });
}

test('of many segments, only the names that were used last are kept decoded', (t) => {
  const segments = Array.from({ length: 5 }, (_, segment) => [
    { bucket: 'b', key: `${segment}`, version: '1', size: segment },
  ]);
  const decodes: number[] = [];
  const cache = createObjectsCache(20);
  const kept = segments.map((objects, segment) =>
    cache.keep({
      ...{ count: 1, plainBytes: 10 },
      decode() {
        decodes.push(segment);
        return decoded(objects);
      },
    }),
  );
  const use = (...wanted: readonly number[]) => {
    for (const each of wanted) t.deepEqual([...objectsOf(kept[each] ?? decoded([]))], segments[each]);
    return decodes.splice(0);
  };
  t.deepEqual(decodes, [], 'nothing is decoded before it is used');
  t.deepEqual(use(0, 1, 0, 1), [0, 1]);
  t.deepEqual(use(0, 2, 0, 1), [2, 1], 'the oldest goes first');
  const large = createObjectsCache(5).keep({ count: 1, plainBytes: 10, decode: () => decoded(segments[3] ?? []) });
  t.is(large.sizeAt(0), 3, 'one that is larger than the cache');
});

test('a table grows', (t) => {
  const table = createObjectTable();
  const name = (segment: number, place: number) => ({ bucket: 'b', key: `${segment}/${place}`, version: '1', size: 1 });
  for (let segment = 0; segment < 20; segment += 1)
    table.add(decoded(Array.from({ length: 500 }, (_, place) => name(segment, place))));
  t.is(table.size, 10_000);
  for (let segment = 0; segment < 20; segment += 1)
    for (let place = 0; place < 500; place += 1) t.deepEqual(table.find(name(segment, place)), [{ segment, place }]);
});
