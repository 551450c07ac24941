import test from 'ava';
import fc from 'fast-check';
import { conditionRules } from '../../testing/rules/arbitrary-conditions.ts';
import { ruleEdits } from '../../testing/rules/arbitrary-rule-edits.ts';
import { runs } from '../../testing/runs.ts';
import { parseSource } from '../syntax/parse.ts';
import { writtenTexts } from '../syntax/written-text.ts';
import { concernedRules, mutantSource } from './mutant-source.ts';
import { mutateRule } from './mutate-rule.ts';
import { takeEvenly } from './mutation.ts';

/** The changes of the only rule of a source, as they are shown. */
function changes(source: string): string[] {
  const [rule] = parseSource(source).rules;
  return rule === undefined ? [] : mutateRule(source, rule).map(({ before, after }) => `${before} → ${after}`);
}

const withString = (pattern: string) => changes(`rule R { strings: $a = ${pattern} condition: $a }`);
const withCondition = (condition: string) => changes(`rule R { strings: $a = {??} $b = {??} condition: ${condition} }`);

test('a string changes in one byte and loses one modifier at a time', (t) => {
  t.deepEqual(withString('"invoice" nocase wide ascii fullword'), [
    '"invoice" → "invpice"',
    ...['nocase', 'wide', 'ascii', 'fullword'].map((word) => `${word} → (removed)`),
  ]);
  t.deepEqual(withString('"a\\x7fz" xor(1-9) private'), ['"a\\x7fz" → "a\\x7fa"', 'xor(1-9) → (removed)']);
  t.deepEqual(withString('"\\xff\\xfe\\xff"'), ['"\\xff\\xfe\\xff" → "\\xff\\xff\\xff"']);
  t.deepEqual(withString('"---\\n-"'), ['"---\\n-" → "--x\\n-"']);
});

test('a modifier that changes nothing is not dropped', (t) => {
  t.deepEqual(withString('"12 34" ascii nocase'), ['"12 34" → "12 44"']);
  t.deepEqual(withString('"a" nocase'), ['"a" → "b"', 'nocase → (removed)']);
  t.deepEqual(withString('"\\x2d\\x61" nocase'), ['"\\x2d\\x61" → "\\x2d\\x62"', 'nocase → (removed)']);
});

test('a change is shown with what is near it in a long literal', (t) => {
  const [change] = withString(`"${'a'.repeat(60)}b${'c'.repeat(60)}"`);
  t.is(change, `…${'a'.repeat(24)}b${'c'.repeat(24)}… → …${'a'.repeat(24)}c${'c'.repeat(24)}…`);
});

test('a hex pattern changes in one whole byte outside brackets', (t) => {
  t.deepEqual(withString('{ 4D 5A // 00\n [2-4] (01 | 02) 9? fF }'), [
    '{ 4D 5A // 00 [2-4] (01 | 02) 9? fF } → { 4D 5B // 00 [2-4] (01 | 02) 9? fF }',
  ]);
  t.deepEqual(withString('{ ~00 90 }'), ['{ ~00 90 } → { ~00 91 }']);
  t.deepEqual(withString('{ ff }'), ['{ ff } → { 00 }']);
  t.deepEqual(withString('{ 4? ~00 (01 | 02) }'), []);
});

test('a regular expression changes in one letter that it requires, and loses its flag i', (t) => {
  t.deepEqual(withString('/ab+c[xyz]{2}\\d\\x41(no|ne)d?/is'), [
    '/ab+c[xyz]{2}\\d\\x41(no|ne)d?/is → /ab+d[xyz]{2}\\d\\x41(no|ne)d?/is',
    '/ab+c[xyz]{2}\\d\\x41(no|ne)d?/is → /ab+c[xyz]{2}\\d\\x41(no|ne)d?/s',
  ]);
  t.deepEqual(withString('/[]a\\]b]c/'), ['/[]a\\]b]c/ → /[]a\\]b]d/']);
  t.deepEqual(withString('/[^]a]/'), []);
  t.deepEqual(withString('/abc|def/'), []);
});

test('a condition changes in one operator, quantifier or number', (t) => {
  t.deepEqual(withCondition('any of them or not #a > 0x0F'), [
    'any → all',
    'or → and',
    'not → (removed)',
    '> → >=',
    '0x0F → 0x0E',
    '0x0F → 0x10',
  ]);
  t.deepEqual(withCondition('($a) or all of ($*) and 2 of them'), [
    'or → and',
    'all → any',
    'and → or',
    '2 → 1',
    '2 → 3',
  ]);
  t.deepEqual(withCondition('$b or filesize <= 4KB'), ['or → and', '<= → <', '4KB → 3KB', '4KB → 5KB']);
  t.deepEqual(withCondition('$a or $b at 0'), ['or → and', '0 → 1']);
  t.deepEqual(withCondition('pe.any == 0o7'), ['== → !=', '0o7 → 0o6', '0o7 → 0o10']);
  t.deepEqual(withCondition('filename contains "tmp" or filename matches /doc$/i'), [
    '"tmp" → "tnp"',
    'or → and',
    '/doc$/i → /dpc$/i',
    '/doc$/i → /doc$/',
  ]);
});

test('a quantifier of a single pattern and a percentage stay', (t) => {
  t.deepEqual(withCondition('any of ($a) or any of ($b*) or 50% of them'), ['or → and', 'or → and']);
  t.deepEqual(withCondition('any of ($a, $b) or all of ($*)'), ['any → all', 'or → and', 'all → any']);
});

test('each operand of the outermost and becomes true', (t) => {
  t.deepEqual(
    withCondition('(($a and ($b or true) /* why */ and for any i in (1..#a) : ($a and true)))').filter((each) =>
      each.endsWith('→ true'),
    ),
    ['$a → true', '($b or true) → true', 'for any i in (1..#a) : ($a and true) → true'],
  );
  t.false(withCondition('$a and $b or $a').some((each) => each.endsWith('→ true')));
});

const sources = fc.oneof(
  conditionRules.map((each) => each.sources[0]?.source ?? ''),
  ruleEdits.map(({ before }) => before),
);

test('random rules: every mutant parses and differs in exactly one pattern or in its condition', (t) => {
  let seen = 0;
  fc.assert(
    fc.property(sources, (source) => {
      const parsed = parseSource(source);
      fc.pre(parsed.problems.length === 0);
      for (const [index, rule] of parsed.rules.entries()) {
        const texts = writtenTexts(source, rule);
        for (const mutation of mutateRule(source, rule)) {
          const mutant = mutantSource(source, parsed, mutation, new Set(parsed.rules.map(({ name }) => name)));
          const again = parseSource(mutant);
          t.deepEqual(again.problems, [], mutant);
          const changed = again.rules.map((each) => writtenTexts(mutant, each));
          const differences = [...texts].filter(([name, text]) => changed[index]?.get(name) !== text);
          t.deepEqual([differences.length, changed[index]?.size], [1, texts.size], mutant);
          for (const [other, each] of parsed.rules.entries()) {
            if (other !== index) t.deepEqual(changed[other], writtenTexts(source, each), mutant);
          }
          seen += 1;
        }
      }
    }),
    { numRuns: runs(150) },
  );
  t.true(seen > 1000, `only ${seen} mutants`);
});

const concerned = (source: string) => {
  const parsed = parseSource(source);
  return parsed.rules.map((rule) => {
    const { affected, kept } = concernedRules(parsed, rule);
    return [[...affected].sort().join(''), [...kept].sort().join('')];
  });
};

test('a mutant keeps the rules that the change concerns, and those that they need', (t) => {
  t.deepEqual(
    concerned(
      'rule A { condition: true } rule B { condition: true } rule C { condition: A or B } rule D { condition: C }',
    ),
    [
      ['ACD', 'ABCD'],
      ['BCD', 'ABCD'],
      ['CD', 'ABCD'],
      ['D', 'ABCD'],
    ],
  );
  t.deepEqual(concerned('rule A { condition: true } rule B { condition: true } rule C { condition: A }'), [
    ['AC', 'AC'],
    ['B', 'B'],
    ['C', 'AC'],
  ]);
});

test('a global rule is kept, and a change of it concerns all rules of the file', (t) => {
  const source =
    'private rule H { condition: true } rule A { condition: true } global rule G { condition: H } rule B { condition: true }';
  t.deepEqual(concerned(source), [
    ['ABGH', 'ABGH'],
    ['A', 'AGH'],
    ['ABGH', 'ABGH'],
    ['B', 'BGH'],
  ]);
});

test('mutants beyond the limit are left out evenly', (t) => {
  t.deepEqual(takeEvenly([0, 1, 2, 3, 4, 5, 6, 7, 8, 9], 4), [0, 2, 5, 7]);
  t.deepEqual(takeEvenly([1, 2], 2), [1, 2]);
});
