import test from 'ava';
import { parseSource } from '../syntax/parse.ts';
import { mayMatch } from './evaluate.ts';
import { narrowingOf } from './narrowing.ts';
import { createRequirementReader } from './read-requirement.ts';
import type { Requirement } from './requirement.ts';

const list = (size: number, write: (index: number) => string, separator: string) =>
  Array.from({ length: size }, (_, index) => write(index)).join(separator);
const rule = (pattern: string, condition = '$a') => `rule r { strings: $a = ${pattern} condition: ${condition} }`;
const nested = (depth: number, inner: string, write: (text: string) => string): string =>
  depth === 0 ? inner : nested(depth - 1, write(inner), write);

/** Rules that multiply or nest. Reading them in full would take gigabytes, hours or all of the stack. */
const hostile: Readonly<Record<string, string>> = {
  'a megabyte of text with all keys': rule(`"${'ab'.repeat(500_000)}" xor ascii wide`),
  'a megabyte of text in base64': rule(`"${'ab'.repeat(500_000)}" base64 base64wide ascii wide`),
  'a long hex pattern': rule(`{ ${list(100_000, () => '61 ??', ' ')} }`),
  'nested repetitions': rule(`/${nested(20, 'a', (text) => `(${text}){8}`)}bcde/`),
  'nested alternatives': rule(`/${nested(40, 'ab', (text) => `(${text}|cd${text.length})`)}/`),
  'alternatives in a row': rule(`/${'(ab|cd|efg)'.repeat(5000)}/`),
  'many comparisons': rule(
    '"abcd"',
    list(20_000, (index) => `#a + ${index} == @a`, ' or '),
  ),
  'many loops': rule(
    '"abcd"',
    list(3000, () => 'for any i in (1..#a) : ( @a[i] < 9 )', ' and '),
  ),
  'a loop over many strings': `rule r { strings: ${list(5000, (index) => `$a${index} = "text ${index}"`, ' ')}
    condition: for any of them : ( ${list(2000, () => '# > 1', ' and ')} ) }`,
  'many loops over many strings': `rule r { strings: ${list(1000, (index) => `$a${index} = "text ${index}"`, ' ')}
    condition: ${list(1000, () => 'for all of them : ( $ at 0 or # == 3 )', ' or ')} }`,
  'brackets in brackets': rule('"abcd"', `${'('.repeat(5000)}#a > 1${')'.repeat(5000)}`),
  'calls in calls': rule('"abcd"', `${'uint8('.repeat(3000)}0${')'.repeat(3000)} == 1`),
  'rules that name each other': list(
    5000,
    (index) => `rule r${index} { strings: $a = "text" condition: ${index === 0 ? '$a' : `r${index - 1} and not $a`} }`,
    '\n',
  ),
};

for (const [name, source] of Object.entries(hostile)) {
  test(`reading ends, and so does its use: ${name}`, (t) => {
    const { rules } = parseSource(source);
    const read = createRequirementReader(rules);
    const requirement = read(rules.at(-1)?.name ?? '');
    t.true(['strings', 'facts', 'nothing'].includes(narrowingOf(requirement).kind));
    const facts = { size: 3, head: Uint8Array.of(1, 2, 3), md5: null, sha256: null };
    t.is(typeof mayMatch(requirement, { facts, hasGram: () => false }), 'boolean');
    t.true(countParts(requirement) < 2_000_000);
  });
}

function countParts(requirement: Requirement): number {
  const seen = new Set<Requirement>([requirement]);
  let bytes = 0;
  for (const each of seen) {
    if (each.kind === 'gate') for (const part of each.of) seen.add(part);
    if (each.kind === 'run') bytes += each.bytes.length;
  }
  return seen.size + bytes;
}
