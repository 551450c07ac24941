import test from 'ava';
import fc from 'fast-check';
import { parse } from 'yaml';
import { runs } from '../testing/runs.ts';
import { removeRuleTests } from './remove-rule-tests.ts';
import { parseTestFile } from './spec.ts';

const path = 'a/b.yar.test.yaml';
const remove = (text: string, rule = 'Bad', others: readonly string[] = []) =>
  removeRuleTests(path, text, rule, others);

const file = `# Tests of b.yar.
tests:
  # Of Good.
  - name: good
    sample: { text: "x" }   # plain
    matches: [Good]

  # Of Bad.
  # Twice.
  - name: bad
    sample:
      text: |
        # not a comment
        bad
    matches: [Bad]

  # Of nobody.
  - name: none
    sample: { text: "" }
    matches: []
`;

test('the tests of a rule are removed with their comments, and all other lines stay unchanged', (t) => {
  t.is(remove(file), file.replace(/ {2}# Of Bad[\s\S]*?(?= {2}# Of nobody)/, ''));
  t.is(remove(file, 'Good'), file.replace(/ {2}# Of Good[\s\S]*?(?= {2}# Of Bad)/, ''));
  t.is(remove(file, 'Other'), file);
});

test('the file is removed with its last test', (t) => {
  t.is(remove('tests:\n  - { name: hit, sample: { text: a }, matches: [a/b.yar:Bad] }\n'), null);
  t.is(remove('tests: [{ name: hit, sample: { text: a }, matches: [Bad] }]\n'), null);
});

test('if other rules also match, the rule is removed from their expectations', (t) => {
  const shared = `tests:
  - name: both # of them
    sample: { text: "x" }
    matches: [Good, Bad, other.yar:Bad]
    strings:
      Bad: [{ identifier: $a }]
      Good: [{ identifier: $b }]
`;
  const edited = remove(shared) ?? '';
  t.deepEqual(parse(edited).tests[0], {
    ...{ name: 'both', sample: { text: 'x' }, matches: ['Good', 'other.yar:Bad'] },
    strings: { Good: [{ identifier: '$b' }] },
  });
  t.regex(edited, /# of them/);
});

test('a remaining rule keeps a test that it must not match', (t) => {
  const two =
    'tests:\n  - { name: good, sample: { text: a }, matches: [Good] }\n  - { name: bad, sample: { text: b }, matches: [Bad] }\n';
  t.is(remove(two), 'tests:\n  - { name: good, sample: { text: a }, matches: [Good] }\n');
  const edited = parseTestFile(path, remove(two, 'Bad', ['Good']) ?? '');
  t.deepEqual(edited.problems, []);
  t.deepEqual(
    edited.tests.map(({ name, matches }) => [name, matches]),
    [
      ['good', ['a/b.yar:Good']],
      ['bad', []],
    ],
  );
});

test('a file that is invalid or has anchors is left for manual editing', (t) => {
  t.throws(() => remove('tests: 3\n'), { code: 'ERR_STATE', message: /by hand/ });
  const anchored =
    'tests:\n  - name: bad\n    sample: &s { text: a }\n    matches: [Bad]\n  - name: none\n    sample: *s\n    matches: []\n';
  t.throws(() => remove(anchored), { code: 'ERR_STATE', message: /by hand/ });
});

const nastyText = fc.constantFrom(
  'plain',
  '# hash',
  '- name: bad',
  'two\nlines',
  '\'"',
  '  blank ',
  'tests:',
  '\n\n# x\n',
);
const arbitraryTests = fc.array(
  fc.record({
    text: nastyText,
    matches: fc.subarray(['Good', 'Bad', 'other/x.yar:Bad']),
    style: fc.constantFrom('flow', 'block', 'literal'),
  }),
  { minLength: 1, maxLength: 6 },
);

test('whatever the tests look like, the tests of other rules stay, with their expectations', (t) => {
  fc.assert(
    fc.property(arbitraryTests, fc.constantFrom('\n', '\n\n', '\n  # note\n', '\n# note\n\n'), (tests, gap) => {
      const text = `tests:\n${tests.map((each, at) => writeTest(each, at)).join(gap)}\n`;
      const left = tests.flatMap(({ matches }, at) => {
        const names = matches.filter((name) => name !== 'Bad');
        return matches.includes('Bad') && names.length === 0 ? [] : [{ name: `t${at}`, matches: names }];
      });
      const edited = remove(text);
      if (left.length === 0) {
        t.is(edited, null);
        return;
      }
      const after = parse(edited ?? '').tests;
      t.deepEqual(
        after.map(({ name, matches }: { name: string; matches: string[] }) => ({ name, matches })),
        left,
      );
      for (const { name, sample } of after) t.is(sample.text, tests[Number(name.slice(1))]?.text);
    }),
    { numRuns: runs(300) },
  );
});

function writeTest(
  { text, matches, style }: { text: string; matches: readonly string[]; style: string },
  at: number,
): string {
  const quoted = JSON.stringify(text);
  const names = `[${matches.map((name) => JSON.stringify(name)).join(', ')}]`;
  if (style === 'flow') return `  - { name: t${at}, sample: { text: ${quoted} }, matches: ${names} }`;
  if (style === 'literal' && /^\S[^\n]*$/.test(text))
    return `  - name: t${at}\n    matches: ${names}\n    sample:\n      text: |-\n        ${text}`;
  return `  - name: t${at}\n    sample:\n      text: ${quoted}\n    matches: ${names}`;
}
