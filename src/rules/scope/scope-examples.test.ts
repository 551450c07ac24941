import test from 'ava';
import { buildRuleset } from '../ruleset.ts';
import { parseSource } from '../syntax/parse.ts';
import { createScopeComparison, type Scope } from './compare-scope.ts';

/** The scope of the rule `r`. Each side is a complete source, or the body of the rule. */
function scopeOf(before: string, after: string, versions: readonly [string, string] = ['1', '1']): Scope {
  const side = (text: string, version = '1') => {
    const source = text.includes('rule r') ? text : `rule r { ${text} }`;
    const { rules } = parseSource(source);
    return { ruleset: buildRuleset([{ namespace: 'n', source }], { name: 'yara-x', version }), rulesOf: () => rules };
  };
  const [base, head] = [side(before, versions[0]), side(after, versions[1])];
  const find = ({ ruleset }: typeof base) => ruleset.rules.find(({ name }) => name === 'r');
  const [was, is] = [find(base), find(head)];
  if (was === undefined || is === undefined) throw new Error('There is no rule r.');
  return createScopeComparison(base, head)(was, is);
}

const condition = (text: string) => `condition: ${text}`;
const one = (pattern: string, text = '$a') => `strings: $a = ${pattern} condition: ${text}`;
const two = (text: string) => `strings: $a = "one" $b = "two" condition: ${text}`;
const three = (text: string) => `strings: $a = "one" $b = "two" $c = "three" condition: ${text}`;

const flipped: Readonly<Record<Scope, Scope>> = {
  same: 'same',
  broader: 'narrower',
  narrower: 'broader',
  unknown: 'unknown',
};

/** From the first to the second; in reverse, it is the opposite. */
const examples: readonly (readonly [string, string, Scope])[] = [
  // Conditions.
  [condition('filesize > 10'), condition('filesize > 10 and uint8(0) == 1'), 'narrower'],
  [condition('filesize > 10'), condition('filesize > 10 or uint8(0) == 1'), 'broader'],
  [condition('filesize > 10 and uint8(0) == 1'), condition('uint8(0) == 1 and (filesize >= 11)'), 'same'],
  [condition('filesize < 1KB'), condition('filesize < 1MB'), 'broader'],
  [condition('100 > filesize'), condition('filesize <= 99'), 'same'],
  [condition('filesize == 5'), condition('filesize > 4'), 'broader'],
  [condition('filesize != 5'), condition('filesize < 5'), 'narrower'],
  [condition('not (filesize < 5)'), condition('filesize >= 5'), 'same'],
  [condition('uint8(0) == 1'), condition('uint8(0) == 2'), 'unknown'],
  [condition('false'), condition('uint8(0) == 1'), 'broader'],
  [condition('true'), condition('uint8(0) == 1'), 'narrower'],
  [two('not ($a and $b)'), two('not $a or not $b'), 'same'],
  [two('not $a and $b'), two('$b'), 'broader'],
  [two('$a and $b'), two('$a or $b'), 'broader'],
  [two('not ($a and $b)'), two('not ($a or $b)'), 'narrower'],
  [three('$a and ($b or $c)'), three('$a and $b'), 'narrower'],
  [three('($a and $b) or $c'), three('$c or ($b and $a) or filesize == 0'), 'broader'],
  [three('$a and $b or $c'), three('$a and ($b or $c)'), 'unknown'],
  // An undefined value is neither true nor false.
  [condition('not uint8(9) == 1'), condition('not (uint8(9) == 1 and true)'), 'broader'],
  [condition('not not uint8(9) == 1'), condition('uint8(9) == 1'), 'same'],
  [condition('not uint8(9) == 1'), condition('uint8(9) != 1'), 'unknown'],
  // Sets.
  [three('any of ($a, $b)'), three('any of them'), 'broader'],
  [three('all of ($a, $b)'), three('all of them'), 'narrower'],
  [three('2 of them'), three('3 of them'), 'narrower'],
  [three('2 of ($a, $b)'), three('1 of them'), 'broader'],
  [three('2 of them'), three('2 of ($a, $b)'), 'narrower'],
  [three('2 of them'), three('1 of ($a, $b)'), 'broader'],
  [three('3 of them'), three('all of them'), 'same'],
  [three('none of them'), three('none of ($a, $b)'), 'broader'],
  [three('not 2 of them'), three('not 3 of them'), 'broader'],
  [three('any of them'), three('$a or $b or $c'), 'same'],
  [three('50% of them'), three('2 of them'), 'same'],
  [three('2 of them'), three('$a'), 'unknown'],
  [three('2 of ($a, $b)'), three('2 of ($b, $c)'), 'unknown'],
  [three('0 of them'), three('0 of ($a, $b)'), 'unknown'],
  [three('any of them'), 'strings: $a = "one" $b = "two" $c = "three" $ = "four" condition: any of them', 'broader'],
  [
    three('all of them'),
    'strings: $a = "one" $b = "two" $c = "three" $ = "four" private condition: all of them',
    'narrower',
  ],
  [
    'strings: $a1 = "one" $b = "two" condition: all of ($a*) and $b',
    'strings: $a1 = "one" $a2 = "six" $b = "two" condition: all of ($a*) and $b',
    'narrower',
  ],
  [three('any of ($a, $b) at 0'), three('any of them at 0'), 'broader'],
  [three('any of ($a, $b) at uint8(0)'), three('any of them at uint8(0)'), 'unknown'],
  // Strings.
  [one('"text"'), one('"text" nocase'), 'broader'],
  [one('"text"'), one('"text" ascii wide'), 'broader'],
  [one('"text"'), one('"text" wide'), 'unknown'],
  [one('"text"'), one('"text" fullword'), 'narrower'],
  [one('"text"'), one('"text" fullword nocase'), 'unknown'],
  [one('"text"'), one('"text" xor'), 'broader'],
  [one('"text" xor(1-255)'), one('"text"'), 'unknown'],
  [one('"text" xor(1-9)'), one('"text" xor(2-3)'), 'narrower'],
  [one('"text" fullword'), one('"text" fullword xor'), 'unknown'],
  [one('"text"'), one('"text" private'), 'same'],
  [one('"text"'), one('"tex"'), 'broader'],
  [one('"text"'), one('"ext"'), 'broader'],
  [one('"text"'), one('"EXT" nocase'), 'broader'],
  [one('"text" fullword'), one('"tex" fullword'), 'unknown'],
  [one('"text"'), one('"test"'), 'unknown'],
  [one('"text"'), one('{ 74 65 78 74 }'), 'same'],
  [one('"text"'), one('{ 74 6? 78 }'), 'broader'],
  [one('{ 01 02 [2] 03 }'), one('{ 01 ?? ?? ?? 03 }'), 'broader'],
  [one('{ 01 ~02 03 }'), one('{ 01 03 03 }'), 'narrower'],
  [one('{ 01 [2-4] 03 }'), one('{ 01 [2-5] 03 }'), 'broader'],
  [one('{ 01 [2] 03 }'), one('{ 01 [1-2] 0? }'), 'broader'],
  [one('{ 01 ?? [2-4] 03 }'), one('{ 01 [3-5] 03 }'), 'same'],
  [one('{ 01 [2-4] 03 }'), one('{ 01 [3-5] 03 }'), 'unknown'],
  [one('{ 01 [2-4] 03 }'), one('{ 01 [2-400] 03 }'), 'unknown'],
  // Different spellings.
  [one('{ 01 [0-64] [0-64] [0-64] [0-64] 03 }'), one('{ 01 [0-64] [0-64] [0-64] [0-64] 0? }'), 'unknown'],
  [one('{ 01 [40] ?? [40] 03 }'), one('{ 01 [40] ?? [40] 0? }'), 'unknown'],
  [one('{ 01 [0-40] 02 [0-40] 03 }'), one('{ 01 [0-40] 02 [0-40] 0? }'), 'unknown'],
  [one('{ 01 [0-40] [0-24] 03 }'), one('{ 01 [0-64] 0? }'), 'broader'],
  [one('{ 01 [2-] 03 }'), one('{ 01 [1-] 03 }'), 'unknown'],
  [one('{ 01 ( 02 | 03 ) }'), one('{ 01 ( 02 | 03 | 04 ) }'), 'unknown'],
  [one('"some text" base64'), one('"some tex" base64'), 'unknown'],
  [one('"some text" base64'), one('"some text" base64 base64wide'), 'unknown'],
  [one('/ab+/'), one('/ab+/ ascii wide'), 'broader'],
  [one('/ab+/ fullword'), one('/ab+/'), 'broader'],
  // A class that excludes more letters, or the opposite.
  [one('/a[^b]/'), one('/a[^b]/ nocase'), 'unknown'],
  [one('/ab+/'), one('/ab+/i'), 'unknown'],
  ['strings: $old = "text" condition: $old', 'strings: $new = "text" condition: $new', 'same'],
  // Counts and positions.
  [one('"text"', '#a > 2'), one('"text"', '#a > 1'), 'broader'],
  [one('"text"', '#a > 2'), one('"text" nocase', '#a > 2'), 'broader'],
  [one('"text"', '#a < 2'), one('"text" nocase', '#a < 2'), 'narrower'],
  [one('"text"', '#a == 2'), one('"text" nocase', '#a == 2'), 'unknown'],
  [one('"text"', '#a == 0'), one('"text"', 'not $a'), 'same'],
  [one('"text"', '#a >= 1'), one('"text"', '$a'), 'same'],
  [one('"text" ascii wide', '#a > 2'), one('"ext" ascii wide', '#a > 2'), 'unknown'],
  [one('"text" ascii wide', '$a'), one('"ext" ascii wide', '$a'), 'broader'],
  [one('"text"', '$a at 0'), one('"text"', '$a'), 'broader'],
  [one('"text"', '#a in (0..9) > 2'), one('"text"', '#a in (0..9) > 1'), 'broader'],
  // If the range is undefined, the count does not matter.
  ['condition: filesize > 2', one('"text"', '#a in (0..uint8(9)) >= 0'), 'unknown'],
  [one('"text"', '#a >= 0'), condition('filesize > 2'), 'narrower'],
  [one('"text"', 'not $a at 0'), one('"text"', 'not $a'), 'narrower'],
  [one('"text"', '$a at 0'), one('"text"', '$a at 1'), 'unknown'],
  // The engine keeps a limited number of matches per string: with more strings, a later one may be
  // lost.
  [one('"text"', '$a at 4'), one('"text" nocase', '$a at 4'), 'unknown'],
  [one('"text"', '$a in (0..9)'), one('"text" nocase', '$a in (0..9)'), 'unknown'],
  [one('"text"', '@a < 9'), one('"text" nocase', '@a < 9'), 'unknown'],
  [
    one('"text"', 'for all i in (1..#a) : (@a[i] < 9)'),
    one('"text" nocase', 'for all i in (1..#a) : (@a[i] < 9)'),
    'unknown',
  ],
  [one('"text"', 'for any of them : (# > 1) or $a'), one('"text"', 'for any of them : (# > 1)'), 'narrower'],
  // Other rules.
  [
    'rule s { condition: filesize > 2 } rule r { condition: s }',
    'rule s { condition: filesize > 1 } rule r { condition: s }',
    'broader',
  ],
  [
    'rule s { condition: filesize > 2 } rule r { condition: not s }',
    'rule s { condition: filesize > 1 } rule r { condition: not s }',
    'narrower',
  ],
  [
    'rule s { condition: filesize > 2 } rule r { condition: any of (s) }',
    'rule s { condition: uint8(0) == 1 } rule r { condition: any of (s) }',
    'unknown',
  ],
  [
    'rule s { condition: filesize > 2 } rule r { condition: for any i in (1..2) : (s) }',
    'rule s { condition: filesize > 1 } rule r { condition: for any i in (1..2) : (s) }',
    'unknown',
  ],
  ['rule s { condition: filesize > 2 } rule r { condition: s }', 'rule r { condition: filesize > 2 }', 'same'],
  // Global rules come before all rules of their namespace.
  [
    'rule r { condition: filesize > 2 }',
    'rule r { condition: filesize > 2 } global rule g { condition: uint8(0) == 1 }',
    'narrower',
  ],
  [
    'global rule g { condition: filesize > 1 } rule r { condition: true }',
    'global rule g { condition: filesize > 0 } rule r { condition: true }',
    'broader',
  ],
  [
    'rule r { condition: filesize > 2 }',
    'rule r { condition: filesize > 1 } global rule g { condition: uint8(0) == 1 }',
    'unknown',
  ],
  ['rule r { condition: true }', 'global rule r { condition: true }', 'same'],
  // A private rule is not reported.
  ['rule r { condition: true }', 'private rule r { condition: true }', 'narrower'],
  ['private rule r { condition: filesize > 1 }', 'private rule r { condition: filesize > 0 }', 'broader'],
];

test('the effect of an edit is known if it is certain, and unknown otherwise', (t) => {
  for (const [before, after, expected] of examples) {
    t.is(scopeOf(before, after), expected, `${before}\n${after}`);
    t.is(scopeOf(after, before), flipped[expected], `${after}\n${before}`);
  }
});

test('nothing is certain for another engine', (t) => {
  t.is(scopeOf(condition('true'), condition('true'), ['1', '2']), 'unknown');
});

test('long, deep and chained rules are read within the stack and in bounded time', (t) => {
  const strings = Array.from({ length: 4000 }, (_, index) => `$s${index} = "text ${index}."`);
  const list = (count: number, word: string) =>
    `strings: ${strings.slice(0, count).join(' ')} condition: ${word} of them`;
  t.is(scopeOf(list(3999, 'any'), list(4000, 'any')), 'broader');
  t.is(scopeOf(list(3999, '20'), list(4000, '20')), 'broader');
  t.is(scopeOf(list(4000, 'all'), list(3999, 'all')), 'broader');
  const deep = (text: string) => condition(`${'('.repeat(3000)}${text}${')'.repeat(3000)}`);
  t.is(scopeOf(deep('filesize > 1'), deep('filesize > 0')), 'unknown');
  t.is(scopeOf(deep('filesize > 1'), deep('filesize > 1')), 'same');
  const chain = (size: number) =>
    Array.from({ length: 3000 }, (_, index) =>
      index === 0
        ? `rule r0 { condition: filesize > ${size} }`
        : `rule r${index === 2999 ? '' : index} { condition: r${index - 1} or filesize == 7 }`,
    ).join('\n');
  t.is(scopeOf(chain(3), chain(3)), 'same');
  t.true(['broader', 'unknown'].includes(scopeOf(chain(3), chain(2))));
  const different = Array.from({ length: 300 }, (_, index) => `$s${index} = "other ${index}."`);
  t.is(scopeOf(list(300, 'any'), `strings: ${different.join(' ')} condition: any of them`), 'unknown');
});

test('a condition that repeats a set of very many patterns is compared within the memory limit', (t) => {
  const rule = (last: number) => {
    const patterns = Array.from({ length: 2000 }, (_, at) => `$a${at} = "pattern ${at}"`).join(' ');
    const asked = Array.from({ length: 2000 }, (_, at) => `(any of them and filesize > ${at === 0 ? last : at})`);
    return `strings: ${patterns} condition: ${asked.join(' or ')}`;
  };
  t.is(scopeOf(rule(7), rule(7)), 'same');
  t.true(['unknown', 'broader'].includes(scopeOf(rule(7), rule(5)) ?? ''));
});
