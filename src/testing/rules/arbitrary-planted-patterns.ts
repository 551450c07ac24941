import fc from 'fast-check';

/** A pattern as written, and bytes that it matches. */
export interface PlantedPattern {
  readonly text: string;
  readonly sample: Uint8Array;
}

/** A part of a pattern as written, and bytes for it. */
type Part = readonly [string, string];

const wide = (text: string): string => [...text].map((each) => `${each}\0`).join('');
const plain = fc.string({ unit: fc.constantFrom('a', 'b', 'C', '1', ' '), minLength: 3, maxLength: 9 });
const latin1 = (text: string) => Buffer.from(text, 'latin1');

const texts: fc.Arbitrary<PlantedPattern> = fc
  .tuple(
    plain,
    fc.constantFrom(
      ...['', 'nocase', 'wide', 'ascii wide', 'nocase wide', 'nocase ascii wide', 'xor', 'xor(3-9)', 'xor(3-9) wide'],
      ...['base64', 'base64wide', 'base64 base64wide', 'wide base64', 'ascii wide base64', 'private'],
    ),
    fc.nat(),
    fc.boolean(),
  )
  .map(([text, modifiers, pick, flag]) => {
    const key = modifiers.includes('3-9') ? 3 + (pick % 7) : pick % 256;
    const isWide =
      modifiers.includes('wide') && !modifiers.includes('base64wide') && (!modifiers.includes('ascii') || flag);
    const cased = modifiers.includes('nocase') && flag ? text.toUpperCase() : text;
    const formed = isWide ? wide(cased) : cased;
    const around = `${'x'.repeat(pick % 3)}${formed}${'yz'.repeat(pick % 2)}`;
    const encoded = modifiers.includes('base64') ? latin1(around).toString('base64') : formed;
    const sample =
      modifiers.includes('base64wide') && (flag || !modifiers.includes('base64 ')) ? wide(encoded) : encoded;
    return {
      text: `"${text}" ${modifiers}`,
      sample: latin1(sample).map((each) => (modifiers.includes('xor') ? each ^ key : each)),
    };
  });

const byte = fc.constantFrom<Part>(
  ...([
    ['61', 'a'],
    ['62', 'b'],
    ['43', 'C'],
    ['6?', 'd'],
    ['?1', '\x81'],
    ['~61', 'z'],
    ['~6?', '\x01'],
    ['??', '\xff'],
  ] as const),
);
const hexPart: fc.Arbitrary<Part> = fc.oneof(
  { weight: 5, arbitrary: byte },
  fc.constantFrom<Part>(['[2]', '..'], ['[0-3]', ''], ['[0-3]', '...'], ['[1-]', '....'], ['[9-12]', '.'.repeat(10)]),
  fc
    .tuple(fc.array(byte, { minLength: 1, maxLength: 3 }), fc.array(byte, { minLength: 1, maxLength: 3 }), fc.boolean())
    .map(
      ([one, other, flag]): Part => [
        `( ${one.map(([each]) => each).join(' ')} | ${other.map(([each]) => each).join(' ')} )`,
        (flag ? one : other).map(([, each]) => each).join(''),
      ],
    ),
);
const hex: fc.Arbitrary<PlantedPattern> = fc.array(hexPart, { minLength: 1, maxLength: 8 }).map((parts) => ({
  text: `{ 61 62 ${parts.map(([each]) => each).join(' ')} 63 }`,
  sample: latin1(`ab${parts.map(([, each]) => each).join('')}c`),
}));

const regexpByte = fc.constantFrom<Part>(
  ...([
    ['a', 'a'],
    ['b', 'b'],
    ['1', '1'],
    ['[ab]', 'b'],
    ['[^b]', 'q'],
    ['.', '!'],
    ['\\d', '7'],
    ['\\W', '-'],
  ] as const),
  ...([
    ['\\x43', 'C'],
    ['[\\x40-\\x50]', 'F'],
    ['\\.', '.'],
    ['[^\\s]', '\xa0'],
    ['(ab|c)', 'c'],
    ['(ab|c)', 'ab'],
  ] as const),
  ...([
    ['(a|b|1)', '1'],
    ['(ab|ba)', 'ba'],
    ['(?:a1?|b{2})', 'bb'],
    ['\\b', ''],
    ['(x|)', ''],
    ['é', '\xc3\xa9'],
  ] as const),
);
const repetition = fc.constantFrom<readonly [string, number]>(
  ...([
    ['', 1],
    ['', 1],
    ['', 1],
    ['+', 1],
    ['+', 3],
    ['*', 0],
    ['*', 2],
    ['?', 0],
    ['?', 1],
    ['{2}', 2],
  ] as const),
  ...([
    ['{1,3}', 2],
    ['{2,}', 3],
    ['{,2}', 1],
    ['+?', 2],
    ['{9}', 9],
    ['{9,11}', 10],
  ] as const),
);
const regexp: fc.Arbitrary<PlantedPattern> = fc
  .tuple(
    fc.array(fc.tuple(regexpByte, repetition), { minLength: 1, maxLength: 7 }),
    fc.constantFrom('', 'i', 's'),
    fc.constantFrom('', 'nocase', 'wide', 'ascii wide'),
    fc.boolean(),
  )
  .map(([parts, flags, modifiers, flag]) => {
    const times = parts.map(
      ([[text, sample], [written, count]]): Part =>
        text === '\\b' ? [text, sample] : [`${text}${written}`, sample.repeat(count)],
    );
    const value = `b${times.map(([, each]) => each).join('')}a1`;
    const isFolded = flag && (flags === 'i' || modifiers === 'nocase');
    const cased = isFolded ? value.replace(/[a-z]/g, (each) => each.toUpperCase()) : value;
    const isWide = modifiers === 'wide' || (modifiers === 'ascii wide' && flag);
    return {
      text: `/b${times.map(([each]) => each).join('')}a1/${flags} ${modifiers}`,
      sample: latin1(isWide ? wide(cased) : cased),
    };
  });

/** Patterns of every kind, with bytes that they match unless the text around prevents it. */
export const plantedPatterns: fc.Arbitrary<PlantedPattern> = fc.oneof(texts, hex, regexp);
