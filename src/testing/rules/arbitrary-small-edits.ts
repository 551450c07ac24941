import fc from 'fast-check';
import type { RuleEdit } from './arbitrary-rule-edits.ts';

/**
 * Two versions of one small rule that differ in a single thing, so that the smallest files tell
 * them apart.
 */

const modifiers = fc.constantFrom(
  ...['', '', 'nocase', 'wide', 'ascii wide', 'fullword', 'nocase fullword', 'wide nocase', 'ascii wide nocase'],
  ...['ascii wide fullword', 'wide fullword', 'xor(0-1)', 'xor(1)', 'xor(0-3)', 'xor(0-1) wide', 'xor(0-1) ascii wide'],
  ...['xor(0-1) fullword', 'xor(1) fullword', 'private'],
);
const text = fc.string({ unit: fc.constantFrom('a', 'b', 'A'), minLength: 1, maxLength: 3 });
const shorten = fc.constantFrom<(text: string) => string>(
  (each) => each,
  (each) => each,
  (each) => each,
  (each) => (each.length > 1 ? each.slice(1) : each),
  (each) => (each.length > 1 ? each.slice(0, -1) : each),
  (each) => each.toUpperCase(),
);
const textPatterns = fc
  .tuple(text, modifiers, shorten, modifiers)
  .map(([value, one, change, other]) => [`"${value}" ${one}`, `"${change(value)}" ${other}`] as const);

const regexpModifiers = fc.constantFrom('', '', 'wide', 'ascii wide', 'fullword', 'wide fullword', 'nocase');
const regexpPatterns = fc
  .tuple(fc.constantFrom('/ab+a/', '/a[^b]/', '/a.b/', '/^ab/', '/\\bab/', '/ab|ba/'), regexpModifiers, regexpModifiers)
  .map(([value, one, other]) => [`${value} ${one}`, `${value} ${other}`] as const);

const hexElement = fc.constantFrom(
  '61',
  '62',
  '6?',
  '?1',
  '??',
  '~61',
  '[1]',
  '[2]',
  '[0-1]',
  '[1-2]',
  '[0-3]',
  '( 61 | 62 )',
);
const hexPatterns = fc
  .tuple(
    fc.array(hexElement, { minLength: 1, maxLength: 2 }),
    fc.nat(1),
    hexElement,
    fc.constantFrom('61', '6?'),
    fc.constantFrom('62', '61', '~61'),
  )
  .map(([elements, at, element, first, last]) => {
    const write = (middle: readonly string[]) => `{ ${[first, ...middle, last].join(' ')} }`;
    return [write(elements), write(elements.with(at % elements.length, element))] as const;
  });
const mixedPatterns = fc
  .tuple(text, modifiers, fc.constantFrom('61', '62', '6?', '41', '??'))
  .map(
    ([value, how, first]) =>
      [
        `"${value}" ${how}`,
        `{ ${first} ${[...value.slice(1)].map((each) => each.charCodeAt(0).toString(16)).join(' ')} }`,
      ] as const,
  );

const patternConditions = fc.constantFrom(
  '$a',
  '$a',
  'not $a',
  '#a > 1',
  '#a < 3',
  '#a == 1',
  '$a at 0',
  'not $a at 1',
  '#a in (0..1) > 0',
);

/** Versions of a rule with another pattern. */
export const patternEdits: fc.Arbitrary<RuleEdit> = fc
  .tuple(
    fc.oneof(
      { weight: 4, arbitrary: textPatterns },
      regexpPatterns,
      { weight: 2, arbitrary: hexPatterns },
      mixedPatterns,
    ),
    patternConditions,
    fc.boolean(),
  )
  .map(([[one, other], condition, isBack]) => {
    const write = (pattern: string) => `rule r { strings: $a = ${pattern} condition: ${condition} }`;
    return isBack ? { before: write(other), after: write(one) } : { before: write(one), after: write(other) };
  });

type Tree =
  | string
  | { readonly word: 'and' | 'or' | 'not' | 'any' | 'all' | 'none' | '2'; readonly of: readonly Tree[] };

/** Many of them are undefined in files that are short. */
const leaf = fc.constantFrom(
  ...['$a', '$b', '#b > 1', 'filesize > 2', 'true', 'uint8(1) == 0x61', 'uint8(2) == 0x62', '$a at uint8(2)'],
  ...['#a in (0..uint8(3)) > 0', '#a in (0..uint8(3)) >= 0', 'for any of them : (# > 1)', 'defined uint8(2)'],
);
const inner: fc.Arbitrary<Tree> = fc.oneof(
  leaf,
  fc.record({ word: fc.constantFrom('not' as const), of: leaf.map((each) => [each]) }),
  fc.record({
    word: fc.constantFrom('and', 'or', 'any', 'all', 'none', '2'),
    of: fc.array(leaf, { minLength: 2, maxLength: 3 }),
  }),
);
const tree: fc.Arbitrary<Tree> = fc.oneof(
  inner,
  inner.map((of): Tree => ({ word: 'not', of: [of] })),
  fc.record({ word: fc.constantFrom('and', 'or'), of: fc.array(inner, { minLength: 2, maxLength: 3 }) }),
);

/** Ways to say what is the same where nothing is undefined, and other changes of one place. */
const rewrites = fc.constantFrom<(tree: Tree, other: Tree) => Tree>(
  (each) => ({ word: 'not', of: [{ word: 'not', of: [each] }] }),
  (each) => ({ word: 'not', of: [each] }),
  (each) => ({ word: 'and', of: [each, 'true'] }),
  (each) => ({ word: 'or', of: ['filesize < 0', each] }),
  (each, other) => ({ word: 'and', of: [each, other] }),
  (each, other) => ({ word: 'or', of: [other, each] }),
  (each) => ({ word: 'any', of: [each] }),
  (each, other) => ({ word: 'not', of: [{ word: 'and', of: [{ word: 'not', of: [each] }, other] }] }),
  (each, other) =>
    typeof each === 'string' ? other : { ...each, of: each.of.slice(0, Math.max(1, each.of.length - 1)) },
  (each, other) => (typeof each === 'string' || each.word === 'not' ? other : { ...each, of: [other, ...each.of] }),
  (each) =>
    typeof each !== 'string' && each.word === 'and'
      ? { word: 'not', of: [{ word: 'or', of: each.of.map((part): Tree => ({ word: 'not', of: [part] })) }] }
      : each,
  (each) => (typeof each !== 'string' && each.word === 'or' ? { ...each, word: 'and' } : each),
  (each) => (typeof each !== 'string' && each.word === 'none' ? { word: 'not', of: [{ ...each, word: 'any' }] } : each),
);

function write(node: Tree): string {
  if (typeof node === 'string') return node;
  const parts = node.of.map((each) => `(${write(each)})`);
  if (node.word === 'not') return `not ${parts[0]}`;
  return node.word === 'and' || node.word === 'or'
    ? parts.join(` ${node.word} `)
    : `${node.word} of (${parts.join(', ')})`;
}

/** Versions of a rule with another condition, of which one part or the whole was rewritten. */
export const conditionEdits: fc.Arbitrary<RuleEdit> = fc
  .tuple(tree, rewrites, leaf, fc.integer({ min: -1, max: 2 }), fc.boolean())
  .map(([before, rewrite, other, at, isBack]) => {
    const place = typeof before === 'string' || at < 0 || at >= before.of.length ? null : at;
    const after: Tree =
      place === null || typeof before === 'string'
        ? rewrite(before, other)
        : { ...before, of: before.of.map((each, index) => (index === place ? rewrite(each, other) : each)) };
    const source = (condition: Tree) =>
      `rule r { strings: $a = "a" $b = "b" nocase condition: (${write(condition)}) or (filesize < 0 and all of them) }`;
    return isBack ? { before: source(after), after: source(before) } : { before: source(before), after: source(after) };
  });
