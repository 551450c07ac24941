import fc from 'fast-check';

/**
 * Two versions of a few rules, of which the second comes of the first by an edit or two, over an alphabet so small that the patterns meet in the
 * smallest files. All compile. Of each rule another says what its condition does, even where it is private.
 */
export interface RuleEdit {
  readonly before: string;
  readonly after: string;
}

interface RuleModel {
  readonly modifiers: string;
  /** Of `$_a0`, `$_a1`, `$_b0` and so on, in this order; null where there is none. */
  readonly patterns: readonly (string | null)[];
  readonly condition: Condition;
}

type Condition =
  | { readonly word: 'and' | 'or'; readonly of: readonly Condition[] }
  | { readonly word: 'not'; readonly of: readonly [Condition] }
  /** Written for a rule, whose patterns it may ask for by their place. */
  | { readonly word: 'atom'; readonly write: (nameOf: (place: number) => string, rules: readonly string[]) => string };

const identifiers = ['$_a0', '$_a1', '$_b0', '$_b1'];

const text = fc.string({ unit: fc.constantFrom('a', 'b', 'A'), minLength: 1, maxLength: 3 });
const textModifiers = fc.constantFrom(
  ...['', '', '', 'nocase', 'wide', 'ascii wide', 'fullword', 'nocase fullword', 'wide nocase', 'ascii wide nocase'],
  ...['ascii wide fullword', 'wide fullword', 'xor(0-1)', 'xor(1)', 'xor(0-3)', 'xor(0-1) wide', 'xor(0-1) ascii wide'],
  ...['private', 'ascii', 'xor(0-1) fullword', 'xor(1) fullword'],
);
const hexElement = fc.constantFrom('61', '62', '41', '6?', '?1', '??', '~61', '~?2', '[1]', '[0-2]', '[0-2]', '( 61 | 62 41 )');
const pattern: fc.Arbitrary<string> = fc.oneof(
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

const atoms: fc.Arbitrary<Condition> = fc.oneof(
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

const rule: fc.Arbitrary<RuleModel> = fc.record({
  modifiers: fc.constantFrom('', '', '', '', 'private '),
  patterns: fc
    .tuple(pattern, pattern, fc.option(pattern), fc.option(pattern))
    .map((each): readonly (string | null)[] => each),
  condition,
});

/** Turns one version of a rule into the next. `at` says where, `condition` what comes there. */
interface Edit {
  readonly kind: number;
  readonly at: number;
  readonly pattern: string;
  readonly condition: Condition;
  readonly modifiers: string;
}

const edit: fc.Arbitrary<Edit> = fc.record({
  kind: fc.nat(11),
  at: fc.nat(30),
  pattern,
  condition: atoms,
  modifiers: fc.constantFrom('', 'private '),
});

function applyEdit(model: RuleModel, { kind, at, pattern: other, condition: part, modifiers }: Edit): RuleModel {
  const { patterns } = model;
  const withPattern = (value: string | null, index: number): RuleModel => ({
    ...model,
    patterns: patterns.map((each, place) => (place === index ? value : each)),
  });
  const index = at % patterns.length;
  switch (kind) {
    case 0:
      return withPattern(other, index);
    case 1:
      return withPattern(patterns[2] === null ? other : null, 2);
    case 2:
      return withPattern(patterns[3] === null ? other : null, 3);
    case 3:
    case 4:
      return withPattern(vary(patterns[index] ?? null, at), index);
    case 5:
      return { ...model, condition: { word: 'and', of: [model.condition, part] } };
    case 6:
      return { ...model, condition: { word: 'or', of: [part, model.condition] } };
    case 7:
      return at > 20 ? { ...model, modifiers } : withPattern(vary(patterns[index] ?? null, at + 1), index);
    default:
      return { ...model, condition: editAt(model.condition, { count: at }, kind, part) };
  }
}

/** A modifier more or less, or a letter. */
function vary(value: string | null, at: number): string | null {
  // The engine encodes no text of fewer than three letters.
  if (value === null || value.includes('base64')) return value;
  const change = [
    () =>
      value.includes(' nocase')
        ? value.replace(' nocase', '')
        : value.replace(/^("[^"]*") (?!.*xor)/, '$1 nocase '),
    () =>
      value.includes(' fullword')
        ? value.replace(' fullword', '')
        : value.replace(/^(["/].*?["/]s?) /, '$1 fullword '),
    () =>
      value.includes(' wide')
        ? value.replace(' wide', '')
        : value.replace(/^(["/].*?["/]s?) /, '$1 wide ascii ').replace(/ascii +ascii/, 'ascii'),
    () => value.replace(/^"(.)(.+?)"/, '"$2"'),
    () => value.replace(/^"(.+?)(.)"/, '"$1"'),
    () => value.replace(/xor\(.*?\)/, 'xor(0-3)'),
    () => value.replace('61', '6?'),
    () => value.replace('6?', '61'),
    () => value.replace(' 62', ' ??'),
    () => value.replace('[1]', '[0-2]'),
    () => value.replace('[0-2]', '[1]'),
    () => value.replace('[0-2]', '[0-3]'),
  ][at % 12];
  const varied = (change?.() ?? value).replaceAll(/ +/g, ' ');
  // No modifier may stand twice.
  const words = varied.split(' ').slice(1);
  return varied.startsWith('{') || new Set(words).size === words.length ? varied : value;
}

/** Edits the node at a place of the tree, counted from its root. */
function editAt(node: Condition, left: { count: number }, kind: number, part: Condition): Condition {
  if (left.count <= 0) return node;
  left.count -= 7;
  if (left.count <= 0) {
    if (kind === 8) return part;
    if (kind === 9) return { word: 'not', of: [node] };
    if (node.word === 'and' || node.word === 'or') {
      if (kind === 10) return { word: node.word === 'and' ? 'or' : 'and', of: node.of };
      return { ...node, of: node.of.length > 1 ? node.of.slice(1) : [...node.of, part] };
    }
    return node.word === 'not' ? node.of[0] : { word: 'or', of: [node, part] };
  }
  if (node.word === 'atom') return node;
  const of = node.of.map((each) => editAt(each, left, kind, part));
  const [first = part] = of;
  return node.word === 'not' ? { word: 'not', of: [first] } : { ...node, of };
}

function writeCondition(node: Condition, nameOf: (place: number) => string, rules: readonly string[]): string {
  if (node.word === 'atom') return node.write(nameOf, rules);
  const parts = node.of.map((each) => `(${writeCondition(each, nameOf, rules)})`);
  return node.word === 'not' ? `not ${parts[0]}` : parts.join(` ${node.word} `);
}

function writeSource(models: readonly RuleModel[], globals: ReadonlySet<number>): string {
  const lines = models.flatMap((model, index) => {
    const strings = model.patterns.flatMap((each, place) => (each === null ? [] : [`${identifiers[place]} = ${each}`]));
    const present = identifiers.filter((_, place) => typeof model.patterns[place] === 'string');
    const nameOf = (place: number) => present[place % present.length] ?? '$_a0';
    // A global rule may name only global rules.
    const earlier = models.flatMap((_, other) =>
      other < index && (!globals.has(index) || globals.has(other)) ? [`r${other}`] : [],
    );
    const head = `${globals.has(index) ? 'global ' : ''}${model.modifiers}rule r${index}`;
    const text = writeCondition(model.condition, nameOf, earlier)
      .replaceAll('($_b0)', '($_a0)')
      .replaceAll(', $_b0)', ')')
      .replaceAll('($_b*, ', '(');
    return [
      `${head} { strings: ${strings.join(' ')} condition: ${text} }`,
      `rule seen_r${index} { condition: r${index} }`,
    ];
  });
  return `import "math"\n${lines.join('\n')}`;
}

export const ruleEdits: fc.Arbitrary<RuleEdit> = fc
  .record({
    models: fc.array(rule, { minLength: 1, maxLength: 3 }),
    edits: fc.array(fc.tuple(fc.nat(2), edit), { minLength: 1, maxLength: 2 }),
    global: fc.constantFrom(-1, -1, -1, 0, 1),
    becomesGlobal: fc.constantFrom(false, false, false, false, true),
  })
  .map(({ models, edits, global, becomesGlobal }) => {
    const changed = edits.reduce<readonly RuleModel[]>(
      (all, [which, each]) =>
        all.map((model, index) => (index === which % all.length ? applyEdit(model, each) : model)),
      models,
    );
    return {
      before: writeSource(models, new Set(becomesGlobal ? [] : [global])),
      after: writeSource(changed, new Set([global])),
    };
  });

/** Files over the alphabet of the patterns. */
export const tinyFiles: fc.Arbitrary<Buffer> = fc
  .array(
    fc.constantFrom('a', 'b', 'A', 'B', ' ', 'a\0', 'b\0', '\0', '`', 'c', 'ab', 'aba', 'aa', 'YWFh', 'FhY', '_'),
    { maxLength: 6 },
  )
  .map((parts) => Buffer.from(parts.join(''), 'latin1'));
