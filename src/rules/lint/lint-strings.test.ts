import test from 'ava';
import { externalsOf } from '../../domain/rulesets/externals.ts';
import { checkSource, compile } from '../../engine/compile.ts';
import { parseSource } from '../syntax/parse.ts';
import { lintPatterns } from './lint-patterns.ts';
import { lintSets } from './lint-sets.ts';

const found = (strings: string, condition = 'any of them') => {
  const source = `rule r { strings: ${strings} condition: ${condition} }`;
  const { errors } = checkSource({ namespace: 'a.yar', source });
  if (errors.length > 0) throw new Error(`${source}: ${errors[0]?.message}`);
  return parseSource(source).rules.flatMap((rule) =>
    [...lintPatterns(rule), ...lintSets(rule)].map(({ code }) => code),
  );
};
const engineCodes = (strings: string) =>
  checkSource({ namespace: 'a.yar', source: `rule r { strings: ${strings} condition: $a }` }).warnings.map(
    ({ code }) => code,
  );

test('a string of two bytes is reported, unless its place is tested', (t) => {
  for (const each of ['"MZ"', '"MZ" nocase', '"MZ" wide ascii', '{ 4D 5A }', '{ E8 ?? ?? ?? ?? }', '{ E8 ?? 90 }']) {
    t.deepEqual(found(`$a = ${each}`), ['short-string'], each);
  }
  for (const each of ['"MZx"', '"MZ" wide', '{ 4D 5A 90 }', '{ 4D 5? }', '{ (4D | 5A) 01 }', '{ 4D [2] 5A }']) {
    t.deepEqual(found(`$a = ${each}`), [], each);
  }
  t.deepEqual(found('$a = "MZ"', '$a at 0'), []);
  t.deepEqual(found('$a = "MZ" $b = "PK"', 'any of them at 0'), []);
  t.deepEqual(found('$a = "MZ" $b = "PK"', 'any of ($a, $b) at 0'), []);
  t.deepEqual(found('$a = "MZ"', 'for any of them : ($ at 0)'), []);
  t.deepEqual(found('$a = "MZ"', '$a at 0 or #a > 5'), ['short-string']);
  t.deepEqual(found('$a = "MZ" $b = "PKxx"', '$a at 0 or any of them'), ['short-string']);
});

test('short strings that the engine reports are not reported again', (t) => {
  for (const each of ['"a"', '{ E8 }', '{ 00 00 }', '{ 90 90 }', '"\\xff\\xff"']) {
    t.deepEqual(engineCodes(`$a = ${each}`), ['slow_pattern'], each);
    t.deepEqual(found(`$a = ${each}`), [], each);
  }
  t.deepEqual(engineCodes('$a = "MZ"'), []);
});

test('a string of white space is reported', (t) => {
  for (const each of ['"  "', '"    "', '"\\t\\t\\t"', '{ 20 20 20 20 }']) {
    t.deepEqual(found(`$a = ${each}`), ['common-string'], each);
    t.deepEqual(engineCodes(`$a = ${each}`).includes('slow_pattern'), false, each);
  }
  for (const each of ['"    x"', '"\\r\\n\\r\\n"', `"${' '.repeat(40)}"`]) t.deepEqual(found(`$a = ${each}`), [], each);
});

test('a repetition of any byte without a limit is reported', (t) => {
  for (const each of [
    '/abcd.*efgh/',
    '/abcd.+?efgh/',
    '/abcd.{3,}efgh/s',
    '/abcd(x|y.*)efgh/',
    '/abcd[\\s\\S]*efgh/',
  ]) {
    t.deepEqual(found(`$a = ${each}`), ['unbounded-regexp'], each);
  }
  for (const each of ['/abcd.{0,100}efgh/', '/abcd[^"]*"efgh/', '/abcd\\s*efgh/', '/abcd\\.*efgh/', '/abcd[.]*efgh/']) {
    t.deepEqual(found(`$a = ${each}`), [], each);
  }
});

test('the message on an unlimited repetition states the distance that the engine bridges', (t) => {
  const distances: readonly (readonly [string, string, readonly number[]])[] = [
    ['/abcd.*efgh/', 'any byte of a line without an upper limit (.*)', [4_000]],
    ['/abcd.*efgh/s', 'any byte without an upper limit (.*)', [4_000, 5_000, 100_000]],
    ['/abcd[\\s\\S]*efgh/', 'any byte without an upper limit ([\\s\\S]*)', [4_000, 5_000, 100_000]],
  ];
  for (const [regexp, words, matched] of distances) {
    const source = `rule r { strings: $a = ${regexp} condition: $a }`;
    const [message] = parseSource(source).rules.flatMap((rule) => lintPatterns(rule).map((each) => each.message));
    t.true(message?.includes(words), message);
    const compiled = compile([{ namespace: 'a.yar', source }]);
    const matches = [4_000, 5_000, 100_000].filter(
      (distance) => compiled.scan(Buffer.from(`abcd${'x'.repeat(distance)}efgh`), externalsOf('x')).length > 0,
    );
    t.deepEqual(matches, matched, regexp);
  }
});

test('a regular expression without a fixed text is reported where the engine does not', (t) => {
  for (const each of ['/[a-z]{10}/', '/[a-z]{4,}/', '/([a-z]{5}|abcdef)/', '/[a-z0-9]{8}/']) {
    t.deepEqual(found(`$a = ${each}`), ['regexp-without-text'], each);
    t.deepEqual(engineCodes(`$a = ${each}`), [], each);
  }
  for (const each of [
    '/[0-9]{4}/',
    '/[0-9a-fA-F]{32}/',
    '/[a-z]{10}xy/',
    `/['"][A-Za-z0-9+\\/]{400}/`,
    '/[a-z]+=[a-z]/',
    '/(ab|cd)[a-z]+/',
  ]) {
    t.deepEqual(found(`$a = ${each}`), [], each);
  }
  t.deepEqual(engineCodes('$a = /\\w{8}/'), ['slow_pattern']);
  t.deepEqual(found('$a = /\\w{8}/'), []);
});

test('nocase without letters, or with letters that it does not know, is reported', (t) => {
  for (const each of ['"1234.5"', '"äöü"', '"größe"', '/[0-9]{4}-1234/', '/\\d{4}-\\w/']) {
    t.deepEqual(found(`$a = ${each} nocase`), ['nocase'], each);
  }
  for (const each of ['"1234a"', '"日本 abc"', '/[0-9a]{4}-1234/', '/[^a]bcde1234/', '/x1234/']) {
    t.deepEqual(found(`$a = ${each} nocase`), [], each);
  }
});

test('wide of a text that is wide already, or that is not ASCII, is reported', (t) => {
  t.deepEqual(found('$a = "a\\x00b\\x00c\\x00" wide'), ['wide']);
  t.deepEqual(found('$a = "straße" wide'), ['wide']);
  for (const each of [
    '"abc" wide',
    '"a\\x00b\\x00c\\x00"',
    '"a\\x00bcde" wide',
    '"\\xff\\xfe\\xfd\\xfc" wide',
    '"straße"',
  ]) {
    t.deepEqual(found(`$a = ${each}`), [], each);
  }
});

test('xor of texts that match by chance, and xor without effect, are reported', (t) => {
  for (const each of ['"abc" xor', '"aaaaaaaa" xor', '"abcdef" xor(0)', '"abc" xor(1-255)', '"abc" xor ascii wide']) {
    t.deepEqual(found(`$a = ${each}`), ['xor'], each);
  }
  for (const each of ['"abcd" xor', '"abc" xor(5)', '"abc" xor(1-20)', '"abc" xor wide', '"aaaa" xor(3)']) {
    t.deepEqual(found(`$a = ${each}`), [], each);
  }
});

test('base64 of three bytes is reported', (t) => {
  for (const each of ['"abc" base64', '"abc" base64wide']) t.deepEqual(found(`$a = ${each}`), ['base64'], each);
  for (const each of ['"abcd" base64', '"abc" wide base64', '"abc"']) t.deepEqual(found(`$a = ${each}`), [], each);
});

test('xor with fullword is reported', (t) => {
  t.deepEqual(found('$a = "abcdef" xor fullword'), ['fullword']);
  t.deepEqual(found('$a = "abcdef" fullword'), []);
});

test('strings that are part of each other are reported in sets with a number', (t) => {
  const strings = '$a = "abcd" $b = "xabcdx" $c = "other"';
  t.deepEqual(found(strings, '2 of them'), ['nested-strings']);
  t.deepEqual(found(strings, '2 of ($a, $b, $c)'), ['nested-strings']);
  t.deepEqual(found('$a1 = "abcd" $a2 = "xABCDx" nocase $c = "other"', '2 of ($a*, $c)'), []);
  t.deepEqual(found('$a1 = "abcd" nocase $a2 = "xABCDx" $c = "other"', '2 of ($a*, $c)'), ['nested-strings']);
  for (const each of ['any of them', '3 of them', '2 of ($a, $c)and $b', '1 of them', '2 of them in (0..100)']) {
    t.deepEqual(found(strings, each), [], each);
  }
  t.deepEqual(found('$a = "abcd" fullword $b = "xabcdx" $c = "other"', '2 of them'), []);
});
