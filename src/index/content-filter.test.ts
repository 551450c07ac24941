import test from 'ava';
import fc from 'fast-check';
import { gramsOf } from '../rules/requirement/evaluate.ts';
import { joinFilters } from './content-collector.ts';
import { createContentFilter, foldFilter, mayHaveGram, smallestClass } from './content-filter.ts';

const contents = fc.uint8Array({ maxLength: 3000 });

test('a filter has every gram of its content, also when it is folded or joined with another', (t) => {
  fc.assert(
    fc.property(contents, contents, fc.nat(6), (one, other, less) => {
      const [first, second] = [createContentFilter(one), createContentFilter(other)];
      const folded = foldFilter(first, Math.max(smallestClass, first.size - less));
      const joined = joinFilters(folded, second);
      const [own, others] = [[...gramsOf(one)], [...gramsOf(other)]];
      t.true(own.every((gram) => [first, folded, joined].every((filter) => mayHaveGram(filter, gram))));
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
