import test from 'ava';
import fc from 'fast-check';
import { createNameIndex } from './name-index.ts';

test('a prefix yields the indexes of all names that start with it', (t) => {
  const names = fc.array(fc.string({ unit: fc.constantFrom('a', 'b', '$', 'z\uffff', '😀'), maxLength: 4 }));
  fc.assert(
    fc.property(names, names, fc.nat(12), (all, prefixes, before) => {
      const find = createNameIndex(all);
      for (const prefix of [...prefixes, ...prefixes, '']) {
        const places = all.flatMap((name, place) => (name.startsWith(prefix) ? [place] : []));
        t.deepEqual(find(prefix), places);
        t.deepEqual(
          find(prefix, before),
          places.filter((place) => place < before),
        );
      }
    }),
  );
});

test('a repeated prefix is not searched again', (t) => {
  let looks = 0;
  const names = new Proxy(
    Array.from({ length: 1000 }, (_, place) => `a${place}`),
    {
      get(target, key, receiver): unknown {
        looks += 1;
        return Reflect.get(target, key, receiver);
      },
    },
  );
  const find = createNameIndex(names);
  find('a', 1);
  const before = looks;
  for (let count = 0; count < 1000; count += 1) t.deepEqual(find('a', 1), [0]);
  t.true(looks - before <= 2000, `${looks - before}`);
});
