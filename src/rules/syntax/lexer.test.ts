import test from 'ava';
import fc from 'fast-check';
import { dressings, ruleModels, writeRules } from '../../testing/rules/arbitrary-rules.ts';
import { tokenize } from './lexer.ts';
import { gapEnd } from './scan-token.ts';

const kindsAndTexts = (source: string) => tokenize(source).map(({ kind, text }) => `${kind} ${text}`);
const texts = (source: string) => tokenize(source).map(({ text }) => text);

/**
 * Asserts that the tokens and the gaps between them make up the source, and that gaps contain only
 * white space and comments.
 */
function isWhole(source: string): boolean {
  let rebuilt = '';
  for (const { text, start, end } of [...tokenize(source), { text: '', start: source.length, end: source.length }]) {
    if (start < rebuilt.length || end - start !== text.length) return false;
    if (gapEnd(source, rebuilt.length) !== start) return false;
    rebuilt += source.slice(rebuilt.length, start) + text;
  }
  return rebuilt === source;
}

test('tokens and the gaps between them make up the source, whatever the source', (t) => {
  const fragment = fc.constantFrom(
    ...[
      '"',
      '"""',
      '\\',
      '/',
      '//',
      '/*',
      '*/',
      '{',
      '}',
      '$a',
      '$a = {',
      '#',
      '@b',
      '!',
      '!=',
      '\n',
      '\r\n',
      ' ',
      '\ufeff',
    ],
    ...['rule', 'x', '0x', '0x1F', '10KB', '1.5', '..', '61 ??', '[2-3]', 'é', '😀', '\u2028', '\ud800', '\f'],
  );
  const soup = fc
    .array(fc.oneof(fragment, fc.string({ unit: 'binary' })), { maxLength: 40 })
    .map((all) => all.join(''));
  fc.assert(fc.property(soup, isWhole), { numRuns: 1000 });
  fc.assert(
    fc.property(ruleModels, dressings, (rules, dressing) => isWhole(writeRules(rules, dressing))),
    { numRuns: 100 },
  );
  t.pass();
});

test('white space and comments between tokens change no token', (t) => {
  fc.assert(
    fc.property(ruleModels, dressings, (rules, { gaps }) => {
      const outside = (source: string) => texts(source).filter((text) => !text.startsWith('{ '));
      const withoutHex = rules.map((rule) => ({
        ...rule,
        patterns: rule.patterns.filter(({ value }) => value.length === 1),
      }));
      const bare = { tags: [], meta: [] };
      t.deepEqual(
        outside(writeRules(withoutHex, { ...bare, gaps })),
        outside(writeRules(withoutHex, { ...bare, gaps: [' '] })),
      );
    }),
    { numRuns: 50 },
  );
});

test('a slash never divides: it starts a comment or a regular expression', (t) => {
  t.deepEqual(kindsAndTexts('#a \\ 2 == 1'), [
    'count #a',
    'punctuation \\',
    'integer 2',
    'punctuation ==',
    'integer 1',
  ]);
  t.deepEqual(kindsAndTexts('/a b/is'), ['regexp /a b/is']);
  t.deepEqual(kindsAndTexts('#a / 2 == 1'), [...['count #a', 'unknown /', 'integer 2', 'punctuation ==', 'integer 1']]);
});

test('a regular expression may contain braces, quotes and text that looks like a comment', (t) => {
  t.deepEqual(texts('$a = /x{2,3}"\\/\\/ \\/*/ wide'), ['$a', '=', '/x{2,3}"\\/\\/ \\/*/', 'wide']);
  t.deepEqual(
    texts('$a = /[^/*]/'),
    ['$a', '=', '/[^/', '*', ']', '/'],
    'a slash in a class closes it, as in the engine',
  );
});

test('a regular expression has at most two flags', (t) => {
  t.deepEqual(texts('/a/isx'), ['/a/is', 'x']);
});

test('a brace starts a hex pattern only in the assignment of a pattern', (t) => {
  const hex = '{ 61 // }\n ?2 /* } */ [2-] (6A|~??) [ 0x1 - 2 ] 63 }';
  t.deepEqual(kindsAndTexts(`$a = ${hex}`), ['pattern $a', 'punctuation =', `hex ${hex}`]);
  t.deepEqual(texts('rule a { 61 }'), ['rule', 'a', '{', '61', '}']);
});

test('an unclosed hex pattern is left for the engine to refuse', (t) => {
  t.deepEqual(texts('$a = { 61 rule b {}'), ['$a', '=', '{', '61', 'rule', 'b', '{', '}']);
});

test('strings may contain escapes, comments and braces, and end with the line', (t) => {
  t.deepEqual(texts('"a\\"b // } /*" "\\\\" x'), ['"a\\"b // } /*"', '"\\\\"', 'x']);
  t.deepEqual(kindsAndTexts('"open }\nx'), ['unknown "open }', 'identifier x']);
});

test('three quotes may span several lines', (t) => {
  t.deepEqual(texts('"""a\n\\"b""" c'), ['"""a\n\\"b"""', 'c']);
  t.deepEqual(texts('""""'), ['""', '""']);
  t.deepEqual(texts('"""a"b"""'), ['""', '"a"', 'b', '""', '"']);
});

test('numbers, ranges and marks are distinguished', (t) => {
  t.deepEqual(texts('1..#a'), ['1', '.', '.', '#a']);
  t.deepEqual(kindsAndTexts('1.5 0x1F 0o17 10MB'), ['float 1.5', 'integer 0x1F', 'integer 0o17', 'integer 10MB']);
  t.deepEqual(texts('!a[1] != @b'), ['!a', '[', '1', ']', '!=', '@b']);
  t.deepEqual(texts('($a*,$)'), ['(', '$a', '*', ',', '$', ')']);
});

test('a byte-order mark, CRLF and the spaces of Unicode are gaps', (t) => {
  t.deepEqual(texts('\ufeffrule\r\n\u00a0a\u2003{'), ['rule', 'a', '{']);
});

test('a string, comment or regular expression of megabytes does not exhaust the stack', (t) => {
  const long = 'x\\\\'.repeat(2 ** 20);
  t.is(tokenize(`"${long}" /*${long}*/ /${long}/ $a = {${' 61'.repeat(2 ** 20)}}`).length, 5);
});

test('a name or number of megabytes does not exhaust the stack', (t) => {
  const long = 'a'.repeat(2 ** 23);
  t.deepEqual(
    tokenize(`${long} $${long} #${long} ${'1'.repeat(2 ** 23)}`).map(({ kind }) => kind),
    ['identifier', 'pattern', 'count', 'integer'],
  );
});

test('slashes without a closing one are examined once', (t) => {
  const line = `/${'\\/'.repeat(200_000)}`;
  t.is(tokenize(line).length, 400_001);
  // On the next line, one may be closed again.
  t.deepEqual(
    tokenize('/\\/\n/a/').map(({ kind, text }) => `${kind} ${text}`),
    ['unknown /', 'punctuation \\', 'unknown /', 'regexp /a/'],
  );
});
