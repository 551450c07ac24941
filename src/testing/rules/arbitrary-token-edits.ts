import fc from 'fast-check';
import { tokenize } from '../../rules/syntax/lexer.ts';
import type { RuleEdit } from './arbitrary-rule-edits.ts';

/**
 * Two versions of a rule whose conditions were put together without regard to the grammar: words
 * come, go and take the place of others. Many do not compile; those that do ask for the priority of
 * operators, and for what only looks like a form that is understood.
 */

const parts = [
  ...['$a', '$b', '#a > 1', '0 < #b', 'any of them', 'all of ($a*)', 'none of them', '2 of them', '67% of them'],
  ...['$a at 0', '$b in (0..1)', '#a in (0..1) > 0', '#a in (0..uint8(3)) >= 0', 'any of ($a, $b) in (0..1)'],
  ...['@a < 1', '@a[2] > 1', '!a[1] == 1', '#a == #b', '#a - 1', '(#a + 1) * 2 > 3', 'not $a', 'not defined @a[2]'],
  ...['for any of them : ( # > 1 )', 'for all of them : ( $ at 0 )', 'for none of them : ( $ in (1..2) )'],
  ...['for all i in (1..#a) : ( @a[i] > 0 )', 'with x = #a, y = @a : ( x > y )', 'any of (true, $a, filesize < 2)'],
  ...[
    'filesize > 2',
    '2 < filesize',
    'filesize',
    'filesize - 2 > 0',
    'filesize > -1',
    '1KB > filesize',
    '2.5 > filesize',
  ],
  ...['filesize + 9223372036854775807 > 0', '9223372036854775807 > filesize', 'filesize \\ 0 == 1', '~#a < 0'],
  ...['uint8(2) == 0x61', 'not uint8(2) == 0x61', 'defined uint8(3)', 'int32(0) < 0', 'filename contains "b"'],
  ...['q0', 'any of (q*)', 'all of (q0, q1)', 'none of (q0, q1)', '1 of (q0)', 'any of (r*, q1)'],
];
const words = [
  ...['and', 'or', 'not', '(', ')', '$a', '$b', '#a', '@a', '!a', '0', '1', '2', '0x1', '1KB', '1.0', '50%', '"a"'],
  ...['>', '<', '>=', '<=', '==', '!=', '+', '-', '*', '&', '|', '<<', '..', ':', ',', '(0..1)', '($a*)'],
  ...[
    'any',
    'all',
    'none',
    'of',
    'them',
    'at',
    'in',
    'for',
    'defined',
    'filesize',
    'uint8',
    'true',
    'false',
    'q0',
    '#',
    '@',
  ],
];
const patterns = fc.constantFrom(
  ...[
    '"a"',
    '"b"',
    '"ab"',
    '"a" nocase',
    '"a" wide',
    '"a\\x00"',
    '"a\\x00b\\x00"',
    '"\\x61b"',
    '"a" ascii wide',
    '"ab" fullword',
  ],
  ...['"a" xor(0-3)', '"`" xor(1)', '"ab" xor(1) wide fullword', '"aaa" base64', '"_a" fullword', '"ab" private'],
  ...['/a+/', '/ab?/', '/a.b/ wide', '/a\\b/', '/a{1,2}b/', '/a|b/ fullword', '/^a/', '/ab/i'],
  ...[
    '{ 61 }',
    '{ 6? }',
    '{ 61 ?? }',
    '{ ?? 61 }',
    '{ ~61 62 }',
    '{ 61 [0-2] 62 }',
    '{ 61 [1] [0-1] 62 }',
    '{ 61 [0-] 62 }',
  ],
  ...['{ 61 ?? [0-1] 62 }', '{ 61 [1-2] ?? }', '{ 61 ( 62 | 63 ) }', '{ 61 00 62 00 }', '{ 61 [1-2] 62 [0-1] 61 }'],
);

const change = fc.record({
  kind: fc.nat(6),
  at: fc.nat(40),
  to: fc.nat(40),
  word: fc.constantFrom(...words),
  part: fc.constantFrom(...parts),
});
type Change = typeof change extends fc.Arbitrary<infer Value> ? Value : never;

function apply(condition: string, { kind, at, to, word, part }: Change): string {
  const tokens = tokenize(condition).map(({ text }) => text);
  const [place, other] = [at % tokens.length, to % tokens.length].sort((a, b) => a - b);
  const edits = [
    () => tokens.toSpliced(place ?? 0, 1),
    () => tokens.toSpliced(place ?? 0, 0, word),
    () => tokens.with(place ?? 0, word),
    () => tokens.with(place ?? 0, part),
    () => [...tokens, at % 2 === 0 ? 'and' : 'or', part],
    () => ['not', '(', ...tokens, ')'],
    () => tokens.toSpliced((other ?? 0) + 1, 0, ')').toSpliced(place ?? 0, 0, '('),
  ];
  const edited = edits[kind]?.() ?? tokens;
  return edited.length === 0 ? word : edited.join(' ');
}

const version = fc.record({
  a: patterns,
  more: fc.option(patterns),
  b: patterns,
  named: fc.constantFrom(...parts.slice(0, 30)),
  condition: fc
    .tuple(fc.constantFrom(...parts), fc.array(change, { maxLength: 2 }))
    .map(([part, changes]) => changes.reduce(apply, part)),
});
type Version = typeof version extends fc.Arbitrary<infer Value> ? Value : never;

function write({ a, more, b, named, condition }: Version): string {
  const strings = `strings: $a = ${a} $b = ${b} ${more === null ? '' : `$a1 = ${more}`}`;
  // All patterns are to be named somewhere.
  const rule = (name: string, text: string) =>
    `rule ${name} { ${strings} condition: (${text}) or (filesize < 0 and all of them) }`;
  return [rule('q0', named), rule('q1', '$a or #b > 1'), rule('r', condition), 'rule not_r { condition: not r }'].join(
    '\n',
  );
}

/** Versions of a rule that may compile or not. */
export const tokenEdits: fc.Arbitrary<RuleEdit> = fc
  .tuple(version, fc.nat(9), version, fc.array(change, { minLength: 1, maxLength: 2 }), fc.boolean())
  .map(([one, which, { a, more, b, named }, changes, isBack]) => {
    const edits: readonly Partial<Version>[] = [{ a }, { a }, { more }, { b }, { named }];
    const edit = edits[which] ?? { condition: changes.reduce(apply, one.condition) };
    const [before, after] = [write(one), write({ ...one, ...edit })];
    return isBack ? { before: after, after: before } : { before, after };
  });
