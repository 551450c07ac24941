import test from 'ava';
import fc from 'fast-check';
import { gramsOf } from '../rules/requirement/evaluate.ts';
import { createContentFilter, joinFilters, mayHaveGram, smallestClass } from './content-filter.ts';
import { chunkBytes } from './filter-module.ts';

const contents = fc.uint8Array({ maxLength: 3000 });

test('a filter has every gram of its content, also when it is joined with another', (t) => {
  fc.assert(
    fc.property(contents, contents, (one, other) => {
      const [first, second] = [createContentFilter(one), createContentFilter(other)];
      const joined = joinFilters(first, second);
      const [own, others] = [[...gramsOf(one)], [...gramsOf(other)]];
      t.true(own.every((gram) => [first, joined].every((filter) => mayHaveGram(filter, gram))));
      t.true(others.every((gram) => mayHaveGram(joined, gram)));
    }),
    { numRuns: 30 },
  );
});

test('a filter is as small as its different grams allow, and passes few others', (t) => {
  t.is(createContentFilter(new Uint8Array(1_000_000)).size, smallestClass);
  const random = Uint8Array.from({ length: 50_000 }, (_, index) => Math.imul(index + 7, 0x9e3779b1) >>> 13);
  const filter = createContentFilter(random);
  const known = gramsOf(random);
  const bits = 2 ** filter.size / known.size;
  t.true(bits >= 2 && bits <= 4.8, `${bits} bits a gram`);
  let passed = 0;
  for (let gram = 0; gram < 20_000; gram += 1) {
    if (!known.has(gram * 977) && mayHaveGram(filter, gram * 977)) passed += 1;
  }
  t.true(passed < 20_000 * 0.4, `${passed} of 20,000`);
});

test('no gram is lost where a long content is cut into chunks', (t) => {
  const bytes = Uint8Array.from({ length: 3 * chunkBytes + 5 }, (_, index) => Math.imul(index + 7, 0x9e3779b1) >>> 13);
  const filter = createContentFilter(bytes);
  for (const cut of [chunkBytes, 2 * chunkBytes, 3 * chunkBytes]) {
    for (let at = cut - 12; at < Math.min(cut + 4, bytes.length - 3); at += 1) {
      t.true(mayHaveGram(filter, new DataView(bytes.buffer).getInt32(at, true)), `at ${at}`);
    }
  }
});
