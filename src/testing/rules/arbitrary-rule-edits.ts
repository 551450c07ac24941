import fc from 'fast-check';
import { atoms, type Condition, identifiers, pattern, type RuleModel, rule } from './arbitrary-rule-models.ts';

/**
 * Two versions of a few rules, of which the second comes of the first by an edit or two, over an
 * alphabet so small that the patterns meet in the smallest files. All compile. Of each rule another
 * says what its condition does, even where it is private.
 */
export interface RuleEdit {
  readonly before: string;
  readonly after: string;
}

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
      value.includes(' nocase') ? value.replace(' nocase', '') : value.replace(/^("[^"]*") (?!.*xor)/, '$1 nocase '),
    () =>
      value.includes(' fullword') ? value.replace(' fullword', '') : value.replace(/^(["/].*?["/]s?) /, '$1 fullword '),
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
