import fc from 'fast-check';
import type { RuleSource } from '../../domain/rulesets/rule.ts';

/**
 * Rules over a few patterns that meet in small files, and such files. All compile, and none runs
 * long.
 */

interface Pattern {
  readonly text: string;
  /** Bytes that it matches, to be planted. */
  readonly sample: string;
}

const wide = (text: string): string => [...text].map((each) => `${each}\0`).join('');
const xored = (text: string, key: number): string =>
  [...text].map((each) => String.fromCharCode(each.charCodeAt(0) ^ key)).join('');

const patterns: readonly Pattern[] = [
  { text: '"abcd"', sample: 'abcd' },
  { text: '"abcd" nocase', sample: 'aBCd' },
  { text: '"bcde" fullword', sample: ' bcde ' },
  { text: '"wide text" wide', sample: wide('wide text') },
  { text: '"both" ascii wide nocase', sample: wide('BOTH') },
  { text: '"hidden" xor(1-255)', sample: xored('hidden', 0x5a) },
  { text: '"encoded text" base64', sample: Buffer.from('some encoded text here').toString('base64') },
  { text: '{ 61 62 ?? 64 }', sample: 'abxd' },
  { text: '{ 7f 45 [2-6] 02 ( 01 | 03 ) }', sample: '\x7fE____\x02\x03' },
  { text: '{ 4? ~41 42 }', sample: 'ABB' },
  { text: '/x[0-9]{2,4}y/', sample: 'x123y' },
  { text: '/(foo|bar)+z/i', sample: 'fooBARz' },
  { text: '/\\bend$/', sample: 'end' },
  { text: '"\\x00\\x00\\x00\\x00"', sample: '\0\0\0\0' },
];

const near = fc.oneof(
  fc.integer({ min: 0, max: 80 }).map(String),
  fc.constantFrom('filesize', 'filesize - 1', 'filesize - 4', 'filesize - 90', '#a'),
);
const offset = fc.oneof(near, fc.constantFrom('2147483648', '4294967295'));
const reader = fc.constantFrom(
  ...['int', 'uint'].flatMap((sign) => [8, 16, 32].flatMap((size) => [`${sign}${size}`, `${sign}${size}be`])),
);
const name = fc.constantFrom('a', 'b', 'c', 'd');
const quantifier = fc.oneof(fc.constantFrom('any', 'all', 'none', '30%', '#a'), fc.nat(4).map(String));
const set = fc.constantFrom('them', '($a, $b)', '($b, $c, $d)', '($*)', '($a, $c)');
/**
 * The engine refuses a range of two constants that is upside down. The package takes bounds beyond 2
 * GiB for others (`same-results.system.test.ts`).
 */
const range = fc.oneof(
  fc.tuple(fc.nat(40), fc.nat(60)).map(([from, count]) => `(${from}..${from + count})`),
  fc.tuple(fc.constantFrom('filesize - 20', '#b', 'filesize'), near).map(([from, to]) => `(${from}..${to})`),
);
const comparison = fc.constantFrom('==', '!=', '<', '<=', '>', '>=');
const value = fc.oneof(
  fc.tuple(reader, offset).map(([read, at]) => `${read}(${at})`),
  name.map((each) => `#${each}`),
  fc.tuple(name, range).map(([each, within]) => `#${each} in ${within}`),
  fc.tuple(name, fc.integer({ min: 1, max: 4 })).map(([each, index]) => `@${each}[${index}]`),
  fc.tuple(name, fc.integer({ min: 1, max: 4 })).map(([each, index]) => `!${each}[${index}]`),
  fc.constantFrom(
    'filesize',
    'math.min(#a, #b)',
    'math.abs(#c - 3)',
    'hash.crc32(0, filesize)',
    'math.count(0x61, 0, filesize)',
  ),
  fc.integer({ min: -300, max: 70_000 }).map(String),
);
const simple = fc.oneof(
  name.map((each) => `$${each}`),
  fc.tuple(name, offset).map(([each, at]) => `$${each} at ${at}`),
  fc.tuple(name, range).map(([each, within]) => `$${each} in ${within}`),
  fc.tuple(quantifier, set).map(([count, of]) => `${count} of ${of}`),
  fc.tuple(quantifier, set, range).map(([count, of, within]) => `${count} of ${of} in ${within}`),
  fc.tuple(quantifier, set, offset).map(([count, of, at]) => `${count} of ${of} at ${at}`),
  fc.tuple(value, comparison, value).map(([left, how, right]) => `${left} ${how} ${right}`),
  fc
    .tuple(value, fc.constantFrom('&', '|', '^', '+', '-', '*', '>>', '<<'), fc.integer({ min: 0, max: 40 }), value)
    .map(([left, how, right, to]) => `(${left} ${how} ${right}) == ${to}`),
  value.map((each) => `defined ${each}`),
  fc.constantFrom(
    'filename contains "final"',
    'extension iequals ".pdf"',
    'filetype == "EXE"',
    'math.entropy(0, filesize) > 3.5',
  ),
);
const loop = fc.oneof(
  fc
    .tuple(quantifier, fc.nat(6), reader)
    .map(([count, to, read]) => `for ${count} i in (0..${to}) : ( ${read}(i) > 60 )`),
  fc
    .tuple(quantifier, name)
    .map(([count, each]) => `for ${count} i in (1..#${each}) : ( @${each}[i] < 30 or !${each}[i] > 4 )`),
  fc.tuple(quantifier, set, range).map(([count, of, within]) => `for ${count} of ${of} : ( $ in ${within} and # > 0 )`),
  fc.tuple(offset, reader).map(([at, read]) => `with x = ${read}(${at}) : ( x > 0 and x != 97 )`),
);
const condition: fc.Arbitrary<string> = fc.letrec<{ tree: string }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 3 },
    simple,
    loop,
    fc
      .tuple(tie('tree'), fc.constantFrom('and', 'or'), tie('tree'))
      .map(([left, how, right]) => `(${left} ${how} ${right})`),
    tie('tree').map((each) => `not (${each})`),
  ),
})).tree;

const rule = fc.record({
  modifiers: fc.constantFrom('', '', '', 'private ', 'global '),
  patterns: fc.array(fc.constantFrom(...patterns), { minLength: 4, maxLength: 4 }),
  condition,
});

function write(
  {
    modifiers,
    patterns: chosen,
    condition: logic,
  }: { modifiers: string; patterns: readonly Pattern[]; condition: string },
  index: number,
): string {
  const strings = chosen.map(({ text }, place) => `$${'abcd'[place]} = ${text}`);
  return `${modifiers}rule r${index} { strings: ${strings.join(' ')} condition: (${logic}) or #a + #b + #c + #d < 0 }`;
}

const filler = fc.string({
  unit: fc.constantFrom('a', 'b', 'c', 'd', ' ', '\0', 'A', '\x7f', 'x', '1', '\xff'),
  maxLength: 12,
});
const payload = fc
  .array(fc.oneof(filler, fc.constantFrom(...patterns.map(({ sample }) => sample))), { maxLength: 10 })
  .map((parts) => Buffer.from(parts.join(''), 'latin1'));

/** Sources in one or two files, and files to scan. */
export const conditionRules: fc.Arbitrary<{ readonly sources: RuleSource[]; readonly payloads: Buffer[] }> = fc.record({
  sources: fc.array(fc.array(rule, { minLength: 1, maxLength: 6 }), { minLength: 1, maxLength: 2 }).map((files) =>
    files.map((rules, index) => ({
      namespace: `${index}.yar`,
      source: `import "math" import "hash"\n${rules.map(write).join('\n')}`,
    })),
  ),
  payloads: fc.array(payload, { minLength: 2, maxLength: 5 }),
});
