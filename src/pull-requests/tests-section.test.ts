import test from 'ava';
import type { TestRun } from '../rule-tests/results.ts';
import { reviewSectionSchema } from './section.ts';
import { testsSection } from './tests-section.ts';

const nothing = { expected: [], actual: [], missing: [], unexpected: [], missingStrings: [] };
const empty: TestRun = { files: [], passed: 0, failed: 0, todo: 0, untested: [], problems: [] };
const fileOf = (path: string) => `tests/${path}`;

test('a failure is of the rule that it names, otherwise of the rule file', (t) => {
  const failures = [
    { ...nothing, missing: ['a.yar:One'], unexpected: ['a.yar:Two'] },
    { ...nothing, unexpected: ['a.yar:Two'] },
    { ...nothing, missingStrings: [{ rule: 'a.yar:Three', expected: { identifier: '$a' }, actual: [] }] },
    { ...nothing, error: 'no sample' },
  ];
  const tests = failures.map((failure, line) => ({ name: `${line}`, line, status: 'failed' as const, failure }));
  const gap = { name: 'gap', line: 9, status: 'todo' as const, todo: 'packed', failure: nothing };
  const run = { ...empty, failed: 4, files: [{ path: 'a.yar.test.yaml', namespace: 'a.yar', tests: [...tests, gap] }] };
  const section = testsSection(run, fileOf);
  t.is(section.verdict, 'failed');
  t.deepEqual(
    section.failures.map(({ rule, test: name, file, line }) => [rule, name, file, line]),
    [
      ['a.yar:One', '0', 'tests/a.yar.test.yaml', 0],
      ['a.yar:Two', '1', 'tests/a.yar.test.yaml', 1],
      ['a.yar:Three', '2', 'tests/a.yar.test.yaml', 2],
      ['a.yar', '3', 'tests/a.yar.test.yaml', 3],
    ],
  );
});

test('test files that cannot be used, and rules without tests, close the gate', (t) => {
  t.is(testsSection(empty, fileOf).verdict, 'passed');
  const problem = {
    severity: 'error' as const,
    code: 'test/yaml',
    message: 'no',
    file: 'a.yar.test.yaml',
    line: 3,
    column: 4,
  };
  const unusable = testsSection({ ...empty, problems: [problem] }, fileOf);
  t.is(unusable.verdict, 'failed');
  t.deepEqual(unusable.failures, [
    { rule: 'a.yar', test: 'test/yaml', message: 'no', file: 'tests/a.yar.test.yaml', line: 3, column: 4 },
  ]);
  const untestedRule = { ...problem, code: 'test/no-positive', file: 'a.yar', rule: 'a.yar:One' };
  const untested = testsSection(
    { ...empty, untested: [untestedRule, { ...untestedRule, code: 'test/no-negative' }] },
    fileOf,
  );
  t.like(untested, { verdict: 'failed', untested: ['a.yar:One'], failures: [] });
});

test('a very long run is cut to the bounds of the schema, and the rest is counted', (t) => {
  const endless = '\u{1f9ea}'.repeat(5000);
  const failure = { ...nothing, missing: [endless] };
  const tests = Array.from({ length: 150 }, () => ({ name: endless, line: 1, status: 'failed' as const, failure }));
  const untestedRules = Array.from({ length: 250 }, (_, index) => ({
    ...{ severity: 'error' as const, code: 'test/no-positive', message: '', file: 'a.yar', line: 1, column: 1 },
    rule: `a.yar:R${index}`,
  }));
  const run = { ...empty, failed: 150, untested: untestedRules, files: [{ path: endless, namespace: endless, tests }] };
  const section = testsSection(run, fileOf);
  t.is(section.omitted, 100);
  t.deepEqual(reviewSectionSchema.parse(section), section);
});
