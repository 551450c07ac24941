import test from 'ava';
import fc from 'fast-check';
import { externalsOf } from '../domain/rulesets/externals.ts';
import { reportedMatchesPerPattern } from '../domain/scans/match.ts';
import { compile } from './compile.ts';
import { loadSources } from './load-sources.ts';
import { engineMatchLimit } from './match-limit.ts';
import { engineSha256 } from './module/engine-module.ts';
import { compiledEngineModule } from './yara.ts';

const noExternals = externalsOf('');
const one = (source: string) => [{ namespace: 'a.yar', source }];
const namesOf = (matches: readonly { readonly rule: string }[]) => matches.map(({ rule }) => rule);

/**
 * Conditions on the copies of `ab` in a file, and their results if the copies start at these
 * offsets, in a file of this size.
 */
const conditions: readonly (readonly [string, (offsets: readonly number[], size: number) => boolean])[] = [
  ['#a > 150', ({ length }) => length > 150],
  ['#a == 200', ({ length }) => length === 200],
  ['#a < 150', ({ length }) => length < 150],
  ['$a at filesize - 2', (offsets, size) => offsets.includes(size - 2)],
  ['not $a at filesize - 2', (offsets, size) => !offsets.includes(size - 2)],
  ['$a in (filesize - 20 .. filesize)', (offsets, size) => offsets.some((each) => each >= size - 20)],
  ['any of them in (300 .. 400)', (offsets) => offsets.some((each) => each >= 300 && each <= 400)],
  ['none of them in (300 .. 400)', (offsets) => !offsets.some((each) => each >= 300 && each <= 400)],
  ['#a in (300 .. 400) == 5', (offsets) => offsets.filter((each) => each >= 300 && each <= 400).length === 5],
  ['@a[180] > 400', (offsets) => (offsets[179] ?? 0) > 400],
  ['!a[150] == 2', ({ length }) => length >= 150],
  ['for any i in (1 .. #a) : ( @a[i] % 7 == 3 and i > 120 )', (o) => o.some((each, i) => i >= 120 && each % 7 === 3)],
];

test('conditions see every match, however many there are', (t) => {
  const source = conditions
    .map(([condition], index) => `rule r${index} { strings: $a = "ab" condition: ${condition} }`)
    .join('\n');
  using rules = compile(one(source));
  fc.assert(
    fc.property(fc.array(fc.nat(3), { minLength: 90, maxLength: 320 }), fc.nat(30), (gaps, tail) => {
      const text = `${gaps.map((gap) => `ab${'.'.repeat(gap)}`).join('')}${'.'.repeat(tail % 3 === 0 ? 0 : tail)}`;
      const bytes = Buffer.from(text);
      const offsets = [...text.matchAll(/ab/g)].map(({ index }) => index);
      const expected = conditions.flatMap(([, holds], index) => (holds(offsets, text.length) ? [`r${index}`] : []));
      const matches = rules.scan(bytes, noExternals);
      t.deepEqual(namesOf(matches), expected);
      t.false(rules.matchLimitReached());
      for (const { strings, stringsTotal } of matches) {
        t.deepEqual(
          strings.map(({ offset }) => offset),
          offsets.slice(0, reportedMatchesPerPattern),
        );
        t.is(stringsTotal ?? strings.length, offsets.length);
      }
    }),
    { numRuns: 60 },
  );
});

test("reaching the engine's own limit is reported if a condition depends on it", (t) => {
  const bytes = Buffer.alloc(engineMatchLimit + 10, 'a');
  const limitReached = (condition: string): readonly [string[], boolean] => {
    using rules = compile(one(`rule r { strings: $a = "a" condition: ${condition} }`));
    return [namesOf(rules.scan(bytes, noExternals)), rules.matchLimitReached()];
  };
  t.deepEqual(limitReached('$a at filesize - 1'), [[], true], 'a rule that does not match');
  t.deepEqual(limitReached('#a > 1000'), [['r'], true], 'a rule that matches');
  t.deepEqual(limitReached('$a'), [['r'], false], 'it does not matter where the matches are');
  t.deepEqual(limitReached('$a and filesize == 0'), [[], false]);
});

test('one match fewer than the limit is complete', (t) => {
  using rules = compile(one('rule r { strings: $a = "a" condition: $a at filesize - 1 }'));
  t.deepEqual(namesOf(rules.scan(Buffer.alloc(engineMatchLimit - 1, 'a'), noExternals)), ['r']);
  t.false(rules.matchLimitReached());
});

test('the limit is reported for a large file too; then the engine restarts', (t) => {
  const module = compiledEngineModule();
  const origin = { module, engineSha256: engineSha256() };
  const loaded = loadSources(one('rule r { strings: $a = "a" condition: $a at filesize - 1 }'), origin);
  const large = Buffer.alloc(80 * 2 ** 20, 'a');
  for (let round = 0; round < 3; round += 1) {
    t.deepEqual(loaded.scan(large, noExternals), []);
    t.true(loaded.matchLimitReached());
    t.true(loaded.memoryBytes() < large.length, 'it was started again');
  }
  t.deepEqual(namesOf(loaded.scan(Buffer.from('a'), noExternals)), ['r']);
  t.false(loaded.matchLimitReached());
  loaded.free();
  loaded.free();
});

test('a flood of matches prevents neither the alert nor exhausts the memory', (t) => {
  const rules = Array.from(
    { length: 12 },
    (_, i) => `rule r${i} { strings: $a = "${'a'.repeat(i + 1)}" condition: $a and filesize > ${i} }`,
  );
  const counting = 'rule counting { strings: $a = "a" condition: #a > 5000 }';
  const module = compiledEngineModule();
  const loaded = loadSources(one([...rules, counting].join('\n')), {
    module,
    engineSha256: engineSha256(),
    maxMemoryBytes: 64 * 2 ** 20,
  });
  const before = process.memoryUsage().rss;
  const matches = loaded.scan(Buffer.alloc(engineMatchLimit, 'a'), noExternals);
  t.deepEqual(
    namesOf(matches),
    rules.map((_, index) => `r${index}`),
  );
  t.true(loaded.matchLimitReached(), 'the rule that counts saw fewer than there were, which is said');
  t.true(process.memoryUsage().rss - before < 1e9);
  // The next file is scanned as usual.
  t.is(loaded.scan(Buffer.alloc(6000, 'a'), noExternals).length, 13);
  t.false(loaded.matchLimitReached());
});
