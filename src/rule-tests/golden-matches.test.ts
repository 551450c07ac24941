import test from 'ava';
import type { MatchedString, RuleMatch } from '../domain/scans/match.ts';
import { goldenTest } from './golden-matches.ts';
import type { TestSpec } from './spec-schema.ts';

const string = (identifier: string, offset: number, data: string): MatchedString => ({
  identifier,
  offset,
  length: data.length,
  data,
});
const match = (rule: string, ...strings: readonly MatchedString[]): RuleMatch => ({
  namespace: 'a.yar',
  rule,
  tags: [],
  meta: [],
  strings,
});
const spec = (matches: readonly string[], more: Partial<TestSpec> = {}): TestSpec => ({
  name: 'x',
  sample: { text: 'x' },
  matches: [...matches],
  ...more,
});
const golden = (before: TestSpec, ...matches: readonly RuleMatch[]) => goldenTest(before, 'a.yar', matches);

test('every string that matches is expected once, long data by its length', (t) => {
  const long = 'x'.repeat(200);
  const result = golden(
    spec(['A', 'B']),
    match('A', string('$a', 3, 'one'), string('$a', 9, 'one'), string('$b', 4, long)),
    match('B'),
  );
  t.like(result, {
    status: 'updated',
    changes: ['2 strings of A'],
    spec: {
      matches: ['A', 'B'],
      strings: {
        A: [
          { identifier: '$a', offset: 3, data: 'one' },
          { identifier: '$b', offset: 4, length: 200 },
        ],
      },
    },
  });
  if (result.status === 'updated') {
    t.deepEqual(Object.keys(result.spec.strings ?? {}), ['A'], 'a rule without strings has no entry');
    t.deepEqual(golden(result.spec, match('A', string('$a', 3, 'one'), string('$b', 4, long)), match('B')), {
      status: 'unchanged',
    });
  }
});

test('an expected string that holds stays, and another keeps its keys with new values', (t) => {
  const before = spec(['A'], {
    strings: {
      A: [{ identifier: '$a', data: 'one' }, { identifier: '$b', offset: 1, length: 3 }, { identifier: '$gone' }],
    },
  });
  const result = golden(before, match('A', string('$a', 0, 'one'), string('$b', 7, 'four'), string('$c', 9, 'new')));
  t.like(result, {
    spec: {
      strings: {
        A: [
          { identifier: '$a', data: 'one' },
          { identifier: '$b', offset: 7, length: 4 },
          { identifier: '$c', offset: 9, data: 'new' },
        ],
      },
    },
  });
  t.deepEqual(golden(spec(['A'], { strings: { A: [{ identifier: '$gone' }] } }), match('A')), {
    status: 'updated',
    spec: spec(['A']),
    changes: ['1 string of A removed'],
  });
});

test('rules of the own file are expected as they match, and those of others stay if they match', (t) => {
  const other: RuleMatch = { ...match('O'), namespace: 'o.yar' };
  t.like(golden(spec(['A', 'o.yar:O', 'p.yar:P']), match('B'), other), {
    status: 'updated',
    spec: { matches: ['o.yar:O', 'B'] },
    changes: ['no longer expects A', 'no longer expects p.yar:P', 'expects B'],
  });
  t.deepEqual(golden(spec([]), other), { status: 'unchanged' });
});

test('a test never comes to mean the opposite, and one with a todo stays as it is', (t) => {
  t.deepEqual(golden(spec([]), match('A'), match('B')), {
    status: 'refused',
    reason: 'it expects no matches, and A and B matched',
  });
  t.deepEqual(golden(spec(['A'])), { status: 'refused', reason: 'A did not match' });
  t.deepEqual(golden(spec(['A']), match('B')), { status: 'refused', reason: 'A did not match' });
  t.deepEqual(golden(spec(['A'], { todo: 'later' }), match('B')), { status: 'unchanged' });
});
