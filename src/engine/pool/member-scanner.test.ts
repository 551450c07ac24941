import test from 'ava';
import { type ExternalName, externalsOf } from '../../domain/rulesets/externals.ts';
import type { LoadedRuleset } from '../loaded-ruleset.ts';
import { createMemberScanner, createRecentMembers } from './member-scanner.ts';
import type { ScannedMember } from './scan-protocol.ts';

function counting(externals: readonly ExternalName[], onScan: () => void): LoadedRuleset {
  return {
    ...{ image: null, externals, hasVariables: false },
    ...{ memoryBytes: () => 0, matchLimitReached: () => false, variableProblems: () => [] },
    ...{ free: () => undefined, revive: () => true, hold: () => null },
    scan: () => {
      onScan();
      return [];
    },
  };
}

function scanner(externals: readonly ExternalName[], { rulesetId = 'r', recent = createRecentMembers() } = {}) {
  let scans = 0;
  const reported: ScannedMember[] = [];
  const scan = (outer: string) =>
    createMemberScanner({
      ...{ rulesetId, recent, rules: counting(externals, () => (scans += 1)), externals: externalsOf(outer) },
      ...{
        maxMemoryBytes: 1e9,
        printed: () => 0,
        onContent: () => undefined,
        report: (member) => reported.push(member),
      },
    });
  return { scan, reported, scans: () => scans };
}

const theme = Buffer.from('the same theme');

test('equal members are scanned once, and reported each', (t) => {
  const { scan, reported, scans } = scanner([]);
  for (const outer of ['a.docx', 'b.docx', 'c.docx']) {
    scan(outer)({ place: ['word/theme1.xml'], bytes: theme });
    scan(outer)({ place: ['ppt/theme9.xml'], bytes: theme });
  }
  t.is(scans(), 1);
  t.is(reported.length, 6);
});

test('a value that the rules can see makes members differ', (t) => {
  const byName = scanner(['filename']);
  byName.scan('a')({ place: ['x/1'], bytes: theme });
  byName.scan('b')({ place: ['y/1'], bytes: theme });
  t.is(byName.scans(), 1);
  byName.scan('b')({ place: ['y/2'], bytes: theme });
  t.is(byName.scans(), 2);
  const byPath = scanner(['filepath']);
  byPath.scan('a')({ place: ['1'], bytes: theme });
  byPath.scan('b')({ place: ['1'], bytes: theme });
  t.is(byPath.scans(), 2);
});

test('another ruleset does not use the results', (t) => {
  const recent = createRecentMembers();
  const first = scanner([], { recent });
  first.scan('a')({ place: ['1'], bytes: theme });
  const second = scanner([], { recent, rulesetId: 'other' });
  second.scan('a')({ place: ['1'], bytes: theme });
  t.is(second.scans(), 1);
});

test('the number of remembered members is bounded, the least recent is dropped', (t) => {
  const recent = createRecentMembers(2);
  const result = { matches: [], matchLimitReached: false, variableProblems: [] };
  for (const key of ['a', 'b']) recent.put(key, result);
  recent.get('a');
  recent.put('c', result);
  t.deepEqual(
    ['a', 'b', 'c'].map((key) => recent.get(key) !== undefined),
    [true, false, true],
  );
});

test('results with many matched strings are not remembered', (t) => {
  const recent = createRecentMembers();
  const string = { identifier: '$a', offset: 0, length: 1, data: 'a' };
  const match = { namespace: 'n', rule: 'r', tags: [], meta: [] };
  for (const count of [1, 100]) {
    const matches = [{ ...match, strings: Array.from({ length: count }, () => string) }];
    recent.put(`${count}`, { matches, matchLimitReached: false, variableProblems: [] });
  }
  t.not(recent.get('1'), undefined);
  t.is(recent.get('100'), undefined);
});

test('what is remembered of a member does not grow with its name', (t) => {
  const keys: string[] = [];
  const recent = { get: () => undefined, put: (key: string) => void keys.push(key) };
  scanner(['filepath'], { recent }).scan('a')({ place: ['x'.repeat(1_000_000)], bytes: theme });
  t.true(keys.length === 1 && (keys[0]?.length ?? 0) < 100);
});
