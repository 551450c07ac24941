import test from 'ava';
import type { RuleMatch } from '../domain/scans/match.ts';
import { compareMatches } from './compare.ts';
import type { ExpectedString } from './spec.ts';

const match = (namespace: string, rule: string): RuleMatch => ({
  namespace,
  rule,
  tags: [],
  meta: [],
  strings: [
    { identifier: '$a', offset: 1, length: 2, data: 'ab' },
    { identifier: '$a', offset: 9, length: 2, data: 'ab' },
  ],
});
const compare = (expected: readonly string[], matches: readonly RuleMatch[], strings: readonly ExpectedString[] = []) =>
  compareMatches({ matches: expected, strings: new Map([['a.yar:r', strings]]) }, 'a.yar', matches);

test('exactly the expected rules of the same file pass', (t) => {
  t.is(compare([], []), undefined);
  t.is(compare(['a.yar:r'], [match('a.yar', 'r')]), undefined);
  t.like(compare(['a.yar:r'], []), { missing: ['a.yar:r'], unexpected: [], actual: [] });
  t.like(compare([], [match('a.yar', 'r')]), { missing: [], unexpected: ['a.yar:r'], actual: ['a.yar:r'] });
});

test('rules of other files may match, and must match if they are named', (t) => {
  t.is(compare(['a.yar:r'], [match('b.yar', 'x'), match('a.yar', 'r')]), undefined);
  t.is(compare(['b.yar:x'], [match('b.yar', 'x')]), undefined);
  t.like(compare(['b.yar:x'], [match('b.yar', 'r')]), { missing: ['b.yar:x'], unexpected: [] });
});

test('an expected string must be found once as described; other strings do not matter', (t) => {
  const strings = (...expected: readonly ExpectedString[]) =>
    compare(['a.yar:r'], [match('a.yar', 'r')], expected)?.missingStrings.map((each) => each.expected.identifier);
  t.is(strings({ identifier: '$a' }, { identifier: '$a', offset: 9, length: 2, data: 'ab' }), undefined);
  t.deepEqual(strings({ identifier: '$a', offset: 9, length: 3 }), ['$a']);
  t.deepEqual(strings({ identifier: '$b' }, { identifier: '$a', data: 'x' }), ['$b', '$a']);
});
