import test from 'ava';
import fc from 'fast-check';
import { externalsOf } from '../../../domain/rulesets/externals.ts';
import { compile } from '../../../engine/compile.ts';
import { checkSources } from '../../../testing/rules/check-sources.ts';
import { definitions } from '../../../testing/rules/definitions.ts';
import { runs } from '../../../testing/runs.ts';
import { suppressWarnings } from './suppress-warnings.ts';

/** The engine's warnings for a source that compiles. */
function warningCodes(source: string): string[] {
  const { errors, warnings } = checkSources([{ namespace: 'a.yar', source }]);
  if (errors.length > 0) throw new Error(`${JSON.stringify(errors)} in ${source}`);
  return warnings.map(({ code }) => code);
}

const suppressed = (source: string) => suppressWarnings(source, warningCodes(source));

const payloads = ['', 'x', 'abcdef', 'foobar abcdef', 'barfoo\0aaaa FOOBAR x'].map((text) =>
  new TextEncoder().encode(text),
);

function scanAll(source: string): unknown {
  using rules = compile([{ namespace: 'a.yar', source }]);
  return payloads.map((bytes) => rules.scan(bytes, externalsOf('/srv/abc.exe')));
}

/** Source with one kind of warning each; anything may be inserted between the words. */
const sourceByCode: Readonly<Record<string, string>> = {
  ambiguous_expr: 'rule NAME { strings: $a = "abcdef" condition: 0 of them }',
  bool_int_comparison: 'import "pe" rule NAME { condition: pe.is_pe == 1 }',
  consecutive_jumps: 'rule NAME { strings: $a = { 0F 84 01 02 [4] [0-7] 8D 11 12 13 } condition: $a }',
  deprecated_field: 'import "pe" rule NAME { condition: pe.number_of_signatures > 1 }',
  duplicate_import: 'import "math" import "math" rule NAME { condition: math.min ( filesize , 2 ) == 1 }',
  duplicate_pattern_value: 'rule NAME { strings: $a = "abcdef" $b = "abcdef" condition: all of them }',
  global_rule_misuse:
    'global rule of_NAME { condition: filesize >= 0 } rule NAME { condition: of_NAME and filesize > 3 }',
  invariant_expr: 'rule NAME { condition: true }',
  non_bool_expr: 'rule NAME { condition: filesize }',
  potentially_slow_loop: 'rule NAME { condition: for any i in ( 0 .. filesize ) : ( int32 ( i ) == 0xcafe ) }',
  redundant_modifier: 'rule NAME { strings: $a = /foobar/i nocase condition: $a }',
  slow_pattern: 'rule NAME { strings: $a = "x" condition: $a }',
  text_as_hex: 'rule NAME { strings: $a = { 61 61 61 61 } condition: $a }',
  too_many_iterations:
    'rule NAME { condition: filesize == 7 and for any i in ( 0 .. 9999999 ) : ( int32 ( i ) == 0xcafe ) }',
  unintended_pattern_in_set: 'rule NAME { strings: $a = "abcdef" $ab = "foobar" condition: any of ( $a* ) and $ab }',
  unsatisfiable_expr: 'rule NAME { strings: $a = "foobar" $b = "barfoo" condition: 2 of ( $* ) at 0 }',
  unused_identifier: 'rule NAME { condition: with x = filesize : ( filesize > 3 ) }',
};

test('the comments are above each rule and import, sorted and without repetition', (t) => {
  t.is(
    suppressWarnings('import "pe"\nrule a { condition: true }', ['b_code', 'a_code', 'b_code']),
    [
      ...['', '// suppress: a_code', '// suppress: b_code', 'import "pe"'],
      ...['', '// suppress: a_code', '// suppress: b_code', 'rule a { condition: true }'],
    ].join('\n'),
  );
});

test('a rule that shares its line with something gets its own line', (t) => {
  t.is(
    suppressWarnings('import "pe" /* rule z */ private rule a {condition:true}rule b { condition: true } // end', [
      'x',
    ]),
    [
      ...['', '// suppress: x', 'import "pe" /* rule z */ '],
      ...['// suppress: x', 'private rule a {condition:true}'],
      ...['// suppress: x', 'rule b { condition: true } // end'],
    ].join('\n'),
  );
});

test('an import over several lines is written on one, because the engine would not suppress it otherwise', (t) => {
  const source = 'import\n"pe" import // "math"\r\n"pe"';
  t.deepEqual(warningCodes(source), ['duplicate_import']);
  t.is(suppressWarnings(source, ['x']), '\n// suppress: x\nimport "pe" \n// suppress: x\nimport "pe"');
  t.deepEqual(warningCodes(suppressed(source)), []);
});

test('codes that the author suppressed for a whole line stay suppressed when the line is broken', (t) => {
  for (const source of [
    'rule a { condition: filesize } rule b { condition: true } rule c { condition: true } // suppress: invariant_expr',
    'rule z { condition: filesize }\n// suppress: slow_pattern , invariant_expr\nimport "pe" rule a { condition: true }',
  ]) {
    t.deepEqual(warningCodes(source), ['non_bool_expr']);
    t.deepEqual(warningCodes(suppressed(source)), []);
  }
});

test('only a comment suppresses: text that looks like one does not', (t) => {
  const source = `rule a { meta: x = "// suppress: text_as_hex" strings: $a = "suppress: slow_pattern" $b = { 61 /* suppress: text_as_hex, lint/console */ 62 } condition: any of them }`;
  const [, ...comments] = suppressWarnings(source, ['x']).split('\n');
  t.deepEqual(comments.slice(0, -1), ['// suppress: text_as_hex', '// suppress: x']);
});

test('megabytes of codes and of escapes do not overflow the stack', (t) => {
  const source = `// suppress: a${',a'.repeat(3_000_000)}\nrule a { meta: x = "${'\\n'.repeat(3_000_000)}" condition: true }`;
  t.is(suppressWarnings(source, ['x']).length, source.length + '\n// suppress: a\n// suppress: x\n'.length);
});

test('a source is unchanged if there is nothing to suppress, or if it cannot be split into rules', (t) => {
  t.is(suppressWarnings('import\n"pe"', []), 'import\n"pe"');
  t.is(suppressWarnings('rule a { condition: true } rule {', ['invariant_expr']), 'rule a { condition: true } rule {');
});

test('warnings of every code can be suppressed, in lines ending with LF or CRLF', (t) => {
  for (const [code, source] of Object.entries(sourceByCode)) {
    for (const space of [' ', '\n', '\r\n']) {
      const spaced = source.replaceAll(' ', space);
      t.deepEqual(warningCodes(spaced), [code], spaced);
      t.deepEqual(warningCodes(suppressed(spaced)), [], suppressed(spaced));
    }
  }
});

const beginnings = [
  'rule NAME {',
  'private rule NAME {',
  'private global rule NAME {',
  'rule NAME : one two { meta: text = "rule{//" text = "/*" number = -1',
];
const gaps = [
  ...[' ', '\n', '\r\n', '\t\u00a0', '\n\n  '],
  ...[' /* } " rule */ ', ' // { rule x\n', '/**/ //é"\r\n', ' /*\n * { condition:\n **/'],
  ...[' // suppress: slow_pattern, invariant_expr\n', ' /* suppress: duplicate_import */ '],
];

/** Sources of one to six rules, with warnings of one or several kinds. */
const sources = fc
  .record({
    statements: fc.array(
      fc.record({ text: fc.constantFrom(...Object.values(sourceByCode)), beginning: fc.constantFrom(...beginnings) }),
      { minLength: 1, maxLength: 6 },
    ),
    gaps: fc.array(fc.constantFrom(...gaps), { minLength: 1, maxLength: 7 }),
    first: fc.constantFrom('', ...gaps),
  })
  .map(({ statements, gaps, first }) => {
    const words = statements.flatMap(({ text, beginning }, index) =>
      text.replace('rule NAME {', beginning).replaceAll('NAME', `r${index}`).split(' '),
    );
    return first + words.map((word, index) => word + gaps[index % gaps.length]).join('');
  });

test('generated sources keep their rules and their matches, and have no warnings left', (t) => {
  fc.assert(
    fc.property(sources, (source) => {
      const result = suppressed(source);
      t.deepEqual(definitions(result), definitions(source));
      t.deepEqual(warningCodes(result), []);
      t.deepEqual(scanAll(result), scanAll(source));
    }),
    { numRuns: runs(50) },
  );
});
