import test from 'ava';
import { parseTestFile } from './spec.ts';
import { testsOfRule } from './tests-of-rules.ts';

test('tests of a rule are those of its file, without those that prove nothing yet', (t) => {
  const file = parseTestFile(
    'a.yar.test.yaml',
    `tests:
  - { name: one, sample: { text: x }, matches: [A, B] }
  - { name: two, sample: { text: y }, matches: [B] }
  - { name: three, sample: { text: z }, matches: [] }
  - { name: four, sample: { text: q }, matches: [A], todo: later }
`,
  );
  t.deepEqual(file.problems, []);
  t.deepEqual(testsOfRule(file, 'a.yar:A'), { matching: 1, others: 2 });
  t.deepEqual(testsOfRule(file, 'a.yar:B'), { matching: 2, others: 1 });
  t.deepEqual(testsOfRule({ tests: [] }, 'a.yar:A'), { matching: 0, others: 0 });
});
