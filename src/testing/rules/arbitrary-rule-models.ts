import fc from 'fast-check';

/**
 * Rules over a few patterns of an alphabet so small that they meet in the smallest files. All
 * compile.
 */

export interface RuleModel {
  readonly modifiers: string;
  /** The patterns `$_a0`, `$_a1`, `$_b0` and so on, in this order; null for an absent one. */
  readonly patterns: readonly (string | null)[];
  readonly condition: Condition;
}

export type Condition =
  | { readonly word: 'and' | 'or'; readonly of: readonly Condition[] }
  | { readonly word: 'not'; readonly of: readonly [Condition] }
  /** Written for a rule, whose patterns it may ask for by their place. */
  | { readonly word: 'atom'; readonly write: (nameOf: (place: number) => string, rules: readonly string[]) => string };

/** The identifiers of the patterns of a rule, in order. */
export const identifiers = ['$_a0', '$_a1', '$_b0', '$_b1'];

const text = fc.string({ unit: fc.constantFrom('a', 'b', 'A'), minLength: 1, maxLength: 3 });
const textModifiers = fc.constantFrom(
  ...['', '', '', 'nocase', 'wide', 'ascii wide', 'fullword', 'nocase fullword', 'wide nocase', 'ascii wide nocase'],
  ...['ascii wide fullword', 'wide fullword', 'xor(0-1)', 'xor(1)', 'xor(0-3)', 'xor(0-1) wide', 'xor(0-1) ascii wide'],
  ...['private', 'ascii', 'xor(0-1) fullword', 'xor(1) fullword'],
);
const hexElement = fc.constantFrom(
  '61',
  '62',
  '41',
  '6?',
  '?1',
  '??',
  '~61',
  '~?2',
  '[1]',
  '[0-2]',
  '[0-2]',
  '( 61 | 62 41 )',
);
export const pattern: fc.Arbitrary<string> = fc.oneof(
  { weight: 5, arbitrary: fc.tuple(text, textModifiers).map(([value, modifiers]) => `"${value}" ${modifiers}`) },
  {
    weight: 3,
    arbitrary: fc
      .tuple(
        fc.constantFrom('61', '62', '6?', '41'),
        fc.array(hexElement, { maxLength: 2 }),
        fc.constantFrom('61', '62', '?1', '~61'),
      )
      .map(([first, middle, last]) => `{ ${[first, ...middle, last].join(' ')} }`),
  },
  {
    weight: 2,
    arbitrary: fc
      .tuple(
        fc.constantFrom('/ab+a/', '/a[ab]/', '/a[^b]a/', '/a.b/s', '/a.b/', '/^ab/', '/\\bab/', '/ab|ba/'),
        fc.constantFrom('', '', 'nocase', 'wide', 'ascii wide', 'fullword', 'wide fullword'),
      )
      .map((parts) => parts.join(' ')),
  },
  { weight: 1, arbitrary: fc.constantFrom('"aaa" base64', '"aaa" base64wide', '"aaa" base64 base64wide') },
);

const place = fc.nat(3);
const number = fc.nat(3).map(String);
const comparison = fc.constantFrom('==', '!=', '<', '<=', '>', '>=');
const quantifier = fc.constantFrom('any', 'all', 'none', '1', '2', '3', '50%', '67%', '34%');
const undefinedAt = fc.constantFrom('uint8(2)', 'uint8(9)', '0', '1', 'filesize - 2', '#_c + 0');
const where = fc.oneof(
  fc.constantFrom('at 0', 'at 1', 'in (0..1)', 'in (0..2)', 'in (1..filesize)', 'at filesize - 2'),
  undefinedAt.map((each) => `at ${each === '#_c + 0' ? '0' : each}`),
);
const set = fc.constantFrom(
  'them',
  '($*)',
  '($_a*)',
  '($_*)',
  '($_a*, $_b0)',
  '($_a0)',
  '($_a0, $_a0)',
  '($_b*, $_a0)',
);
type Write = Extract<Condition, { word: 'atom' }>['write'];
const atom = (arbitrary: fc.Arbitrary<Write>): fc.Arbitrary<Condition> =>
  arbitrary.map((write) => ({ word: 'atom', write }));
const plain = (arbitrary: fc.Arbitrary<string>) => atom(arbitrary.map((each) => () => each));

export const atoms: fc.Arbitrary<Condition> = fc.oneof(
  { weight: 6, arbitrary: atom(place.map((each) => (nameOf) => nameOf(each))) },
  {
    weight: 2,
    arbitrary: atom(
      fc.tuple(place, where).map(
        ([each, at]) =>
          (nameOf) =>
            `${nameOf(each)} ${at}`,
      ),
    ),
  },
  {
    weight: 3,
    arbitrary: atom(
      fc.tuple(place, comparison, number, fc.boolean()).map(([each, how, to, flip]) => (nameOf) => {
        const count = `#${nameOf(each).slice(1)}`;
        return flip ? `${to} ${how} ${count}` : `${count} ${how} ${to}`;
      }),
    ),
  },
  {
    weight: 1,
    arbitrary: atom(
      fc.tuple(place, comparison, number, fc.constantFrom('(0..1)', '(0..filesize)', '(0..uint8(2))')).map(
        ([each, how, to, range]) =>
          (nameOf) =>
            `#${nameOf(each).slice(1)} in ${range} ${how} ${to}`,
      ),
    ),
  },
  { weight: 2, arbitrary: plain(fc.tuple(comparison, number).map(([how, to]) => `filesize ${how} ${to}`)) },
  { weight: 4, arbitrary: plain(fc.tuple(quantifier, set).map(([count, of]) => `${count} of ${of}`)) },
  {
    weight: 1,
    arbitrary: plain(
      fc
        .tuple(fc.constantFrom('any', 'all', 'none', '2'), set, where)
        .map((parts) => `${parts[0]} of ${parts[1]} ${parts[2]}`),
    ),
  },
  {
    weight: 1,
    arbitrary: atom(
      fc
        .tuple(
          fc.constantFrom('any', 'all', 'none', '1', '2'),
          place,
          place,
          fc.constantFrom('filesize > 2', 'uint8(2) == 0x61', 'true'),
        )
        .map(
          ([count, one, other, third]) =>
            (nameOf) =>
              `${count} of (${nameOf(one)}, ${third}, not ${nameOf(other)})`,
        ),
    ),
  },
  {
    weight: 3,
    arbitrary: atom(fc.nat(5).map((which) => (_, rules) => rules[which % Math.max(1, rules.length)] ?? 'false')),
  },
  {
    weight: 3,
    arbitrary: plain(
      fc.constantFrom(
        ...[
          'true',
          'false',
          'uint8(1) == 0x61',
          'uint8(2) == 0x61',
          'uint8(0) == 0x61',
          'defined uint8(2)',
          'uint16(1) > 3',
        ],
        ...['for any i in (0..uint8(2)) : (uint8(i) == 0x62)', 'with x = uint8(1) : (x == 0x61 or x == 0x62)'],
        ...[
          'for any of them : (# > 1 and not $ at 0)',
          'for all of ($_a*) : (@ < 2)',
          'for 2 s in ("a", "b", "c") : (s != "a")',
        ],
        ...['not not (uint8(2) == 0x61)', 'filesize > 1 and (uint8(1) & 1) == 0', 'math.min(filesize, 2) == 2'],
      ),
    ),
  },
);

const condition: fc.Arbitrary<Condition> = fc.letrec<{ tree: Condition }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 3 },
    { weight: 3, arbitrary: atoms },
    {
      weight: 3,
      arbitrary: fc.record({
        word: fc.constantFrom('and', 'or'),
        of: fc.array(tie('tree'), { minLength: 2, maxLength: 3 }),
      }),
    },
    { weight: 1, arbitrary: tie('tree').map((of) => ({ word: 'not' as const, of: [of] as const })) },
  ),
})).tree;

export const rule: fc.Arbitrary<RuleModel> = fc.record({
  modifiers: fc.constantFrom('', '', '', '', 'private '),
  patterns: fc
    .tuple(pattern, pattern, fc.option(pattern), fc.option(pattern))
    .map((each): readonly (string | null)[] => each),
  condition,
});
