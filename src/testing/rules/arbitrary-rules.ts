import fc from 'fast-check';

/** A pattern of a generated rule, as tokens. */
export interface PatternModel {
  readonly value: readonly string[];
  readonly modifiers: readonly string[];
}

/** A generated rule that compiles. Its name is `r` and its place in the source. */
export interface RuleModel {
  readonly private: boolean;
  readonly global: boolean;
  readonly patterns: readonly PatternModel[];
  /** Tokens, all patterns used; without the references to other rules. */
  readonly condition: readonly string[];
  /** Places of earlier rules that it refers to. */
  readonly needs: readonly number[];
}

/** The text around the logic of a source. */
export interface Dressing {
  /** Go between tokens in turn; none is empty. */
  readonly gaps: readonly string[];
  readonly tags: readonly string[];
  /** Tokens of each entry. */
  readonly meta: readonly (readonly string[])[];
}

const textValue = fc
  .string({ unit: fc.constantFrom(...'abcXYZ 0189{}/*#$@!"\\'), minLength: 4, maxLength: 12 })
  .map((text) => [`"${text.replaceAll(/["\\]/g, '\\$&')}"`]);
const hexByte = fc.integer({ min: 0, max: 255 }).map((byte) => byte.toString(16).padStart(2, '0'));
const hexValue = fc
  .tuple(fc.array(hexByte, { minLength: 4, maxLength: 8 }), fc.constantFrom('', '[2-4]', '??', '(61|62)'), hexByte)
  .map(([head, middle, last]) => ['{', ...head, ...(middle === '' ? [] : [middle]), last, '}']);
const regexpValue = fc
  .constantFrom('/abc[0-9]{2,4}\\/x/', '/rule x \\{ \\/\\/ "/i', '/foo(bar|baz)+\\/*q/s')
  .map((text) => [text]);

const pattern: fc.Arbitrary<PatternModel> = fc.oneof(
  fc.record({
    value: textValue,
    modifiers: fc.constantFrom<string[]>(
      [],
      ['wide'],
      ['ascii', 'wide', 'nocase'],
      ['xor(1-9)'],
      ['private', 'fullword'],
    ),
  }),
  fc.record({ value: hexValue, modifiers: fc.constantFrom<string[]>([], ['private']) }),
  fc.record({ value: regexpValue, modifiers: fc.constantFrom<string[]>([], ['wide', 'ascii']) }),
);

const conditionTail = fc.constantFrom<readonly string[]>(
  [],
  ['and', 'filesize', '<', '10KB'],
  ['and', '#s0', '\\', '2', '==', '1'],
  ['or', 'for', 'any', 'i', 'in', '(', '1', '.', '.', '#s0', ')', ':', '(', '@s0', '[', 'i', ']', '<', '0x10', ')'],
  ['and', 'with', 'x', '=', 'uint16', '(', '0', ')', ':', '(', 'x', '!=', '0x5A4D', ')'],
  ['or', 'defined', 'math', '.', 'entropy', '(', '0', ',', 'filesize', ')'],
  ['and', 'not', 'filename', 'matches', '/^[a-z]{3}\\.exe$/i'],
);

/** Sources of one to five rules that refer to earlier ones. */
export const ruleModels: fc.Arbitrary<RuleModel[]> = fc
  .array(
    fc.record({
      private: fc.boolean(),
      global: fc.integer({ min: 0, max: 5 }).map((roll) => roll === 0),
      patterns: fc.array(pattern, { minLength: 1, maxLength: 3 }),
      condition: conditionTail.map((tail) => ['any', 'of', '(', '$s*', ')', ...tail]),
      needs: fc.uniqueArray(fc.nat(4), { maxLength: 2 }),
    }),
    { minLength: 1, maxLength: 5 },
  )
  .map((rules) => rules.map((rule, index) => ({ ...rule, needs: rule.needs.filter((each) => each < index) })));

export const dressings: fc.Arbitrary<Dressing> = fc.record({
  gaps: fc.array(
    fc.constantFrom(
      ' ',
      '\n',
      '\r\n',
      '\t\u00a0',
      ' /* } " rule */ ',
      ' // { rule x\n',
      '/**/ //é"\r\n',
      ' /*\n * { condition:\n **/',
    ),
    { minLength: 1, maxLength: 7 },
  ),
  tags: fc.uniqueArray(fc.constantFrom('apt', 'tool_1', '_x'), { maxLength: 3 }),
  meta: fc.array(
    fc.constantFrom<readonly string[]>(
      ['description', '=', '"rule x { condition: true } // é"'],
      ['count', '=', '-', '12KB'],
      ['count', '=', '0x10'],
      ['live', '=', 'true'],
      ['text', '=', '"""two\nlines"""'],
      ['path', '=', '"C:\\\\x\\x41\\""'],
    ),
    { maxLength: 4 },
  ),
});

/** Plain spaces, no tags, no meta. */
export const plain: Dressing = { gaps: [' '], tags: [], meta: [] };

/** Writes a source. Names may be given; by default rule 0 is `r0`. */
export function writeRules(
  rules: readonly RuleModel[],
  { gaps, tags, meta }: Dressing = plain,
  nameOf: (index: number) => string = (index) => `r${index}`,
): string {
  const tokens = rules.flatMap((rule, index) => [
    ...(rule.global ? ['global'] : []),
    ...(rule.private ? ['private'] : []),
    ...['rule', nameOf(index)],
    ...(tags.length === 0 ? [] : [':', ...tags]),
    '{',
    ...(meta.length === 0 ? [] : ['meta', ':', ...meta.flat()]),
    ...['strings', ':'],
    ...rule.patterns.flatMap(({ value, modifiers }, place) => [`$s${place}`, '=', ...value, ...modifiers]),
    ...['condition', ':', '(', ...rule.condition, ')'],
    ...rule.needs.flatMap((each) => ['and', nameOf(each)]),
    '}',
  ]);
  return ['import', '"math"', ...tokens].map((token, index) => token + gaps[index % gaps.length]).join('');
}
