import test from 'ava';
import type { Diagnostic } from '../domain/rulesets/diagnostic.ts';
import { type Externals, externalsOf } from '../domain/rulesets/externals.ts';
import type { RuleSource } from '../domain/rulesets/rule.ts';
import { contentTypeVariable } from '../domain/rulesets/variables.ts';
import { reportedMatchesPerPattern } from '../domain/scans/match.ts';
import { checkSources } from '../testing/rules/check-sources.ts';
import { compile } from './compile.ts';
import { liveEngine } from './live-engine.ts';
import { engineInfo } from './module/engine-module.ts';

const from = (namespace: string, source: string) => ({ namespace, source });
const places = (diagnostics: readonly Diagnostic[]) =>
  diagnostics.map(({ file, code, line, column }) => `${file}:${line}:${column} ${code}`);
const bytesOf = (text: string) => new TextEncoder().encode(text);
const noExternals = externalsOf('');
/** Overflows the stack of the engine's parser. */
const bomb = `rule bomb { condition: ${'not '.repeat(20_000)}true }`;

test('the engine returns its name and version', (t) => {
  t.is(engineInfo().name, 'yara-x');
  t.regex(engineInfo().version, /^\d+\.\d+\.\d+$/);
});

test('every error of every file is reported with its position, whichever file comes first', (t) => {
  const { errors } = checkSources([
    from(
      'a.yar',
      'rule a { condition: foo }\nrule b {\n  strings: $x = "é" $y = "u"\n  condition: $x and $y and bar }',
    ),
    from('b.yar', 'rule ok { condition: filesize > 0 }'),
    from('c.yar', 'rule c {\n  strings: $r = /(/\n  condition: $r }'),
    from('d.yar', 'rule d { condition: true'),
    from('e.yar', 'rule e { condition: filesize > 0 } rule e { condition: filesize > 0 }'),
  ]);
  t.deepEqual(places(errors), [
    'a.yar:1:21 E009',
    'a.yar:4:28 E009',
    'c.yar:2:18 E014',
    'd.yar:1:25 E001',
    'e.yar:1:41 E012',
  ]);
  t.is(errors[0]?.message, 'unknown identifier `foo`: this identifier has not been declared');
  t.true(errors[0]?.rendered?.includes('1 | rule a { condition: foo }'));
  t.true(errors.every(({ severity }) => severity === 'error'));
});

test('warnings come from files that compile and from files that do not', (t) => {
  const { errors, warnings } = checkSources([
    from('a.yar', 'rule a { condition: true }'),
    from('b.yar', 'rule b { strings: $a = "x" condition: $a }\nrule c { condition: nope }'),
  ]);
  t.deepEqual(places(errors), ['b.yar:2:21 E009']);
  t.deepEqual(places(warnings), ['a.yar:1:21 invariant_expr', 'b.yar:1:19 slow_pattern']);
  t.is(warnings[0]?.message, 'invariant boolean expression: this expression is always true');
  t.true(warnings.every(({ severity }) => severity === 'warning'));
});

test('an include is an error of the file that has it, because includes are resolved before compiling', (t) => {
  t.deepEqual(places(checkSources([from('a.yar', 'include "b.yar"')]).errors), ['a.yar:1:1 E042']);
});

test('a file that crashes the engine is reported, and the files after it are still checked', async (t) => {
  const { errors } = checkSources([from('a.yar', bomb), from('b.yar', 'rule b { condition: nope }')]);
  t.deepEqual(places(errors), ['a.yar:0:0 engine/crash', 'b.yar:1:21 E009']);
  t.throws(() => compile([from('a.yar', bomb)]), { code: 'ERR_RULES_INVALID', message: /crashed while compiling/ });
  // The spare engines are loaded again in the background.
  await new Promise((resolve) => setImmediate(resolve));
  using rules = compile([from('a.yar', 'rule a { condition: filesize == 1 }')]);
  t.is(rules.scan(bytesOf('x'), noExternals).length, 1);
});

test('a ruleset that does not compile names every file that is wrong', (t) => {
  t.throws(() => compile([from('a.yar', 'rule a {'), from('b.yar', 'rule b { condition: x }')]), {
    code: 'ERR_RULES_INVALID',
    message: /a\.yar:1:9: error.*\n.*b\.yar:1:21: error/s,
  });
});

test('matches are in the order of the sources and of their rules, without private rules', (t) => {
  using rules = compile([
    from(
      'z.yar',
      'rule second { condition: first } rule late { condition: first }'.replaceAll('first', 'filesize > 0'),
    ),
    from(
      'a.yar',
      'private rule p { condition: filesize > 0 } rule b { condition: p } global rule g { condition: p } rule a { condition: p }',
    ),
  ]);
  const ids = () => rules.scan(bytesOf('x'), noExternals).map(({ namespace, rule }) => `${namespace}:${rule}`);
  t.deepEqual(ids(), ['z.yar:second', 'z.yar:late', 'a.yar:b', 'a.yar:g', 'a.yar:a']);
  t.deepEqual(ids(), ids());
});

test('a match has tags, meta, and strings in declared order with ascending offsets', (t) => {
  using rules = compile([
    from(
      'a.yar',
      String.raw`rule a : one two {
        meta: n = 1 n = "two" yes = true ratio = 1.5 raw = "\xff!"
        strings: $z = "foo" $a = { 00 5c } $hidden = "bar" private $ = "baz" $absent = "qux"
        condition: any of them }`,
    ),
  ]);
  t.deepEqual(rules.scan(bytesOf('baz foo bar\0\\foo'), noExternals), [
    {
      namespace: 'a.yar',
      rule: 'a',
      tags: ['one', 'two'],
      meta: [
        { identifier: 'n', value: 1 },
        { identifier: 'n', value: 'two' },
        { identifier: 'yes', value: true },
        { identifier: 'ratio', value: 1.5 },
        { identifier: 'raw', value: '\\xff!' },
      ],
      strings: [
        { identifier: '$z', offset: 4, length: 3, data: 'foo' },
        { identifier: '$z', offset: 13, length: 3, data: 'foo' },
        { identifier: '$a', offset: 11, length: 2, data: '\\x00\\\\' },
        { identifier: '$', offset: 0, length: 3, data: 'baz' },
      ],
    },
  ]);
});

test('conditions see the external variables of each scan, and none of the previous scan', (t) => {
  using rules = compile([
    from(
      'a.yar',
      'rule path { condition: filepath == "/srv/a.EXE" and filename == "a.EXE" and extension == ".EXE" and filetype == "EXE" }',
    ),
    from('b.yar', 'rule empty { condition: filepath == "" and filename == "" and extension == "" and filetype == "" }'),
  ]);
  const names = (filepath: string) => rules.scan(bytesOf('x'), externalsOf(filepath)).map(({ rule }) => rule);
  t.deepEqual(names('/srv/a.EXE'), ['path']);
  t.deepEqual(names(''), ['empty']);
});

test('filetype is the type by content where it is declared, and the extension in other sources of the same ruleset', (t) => {
  const condition = 'extension == ".jpg" and filetype == "ELF"';
  const old = 'rule Old { condition: filetype == "JPG" }';
  const declared = { ...from('a.yar', `rule Cloaked { condition: ${condition} }`), variables: [contentTypeVariable] };
  const externals = { ...externalsOf('/srv/a.jpg'), variables: { filetype: 'PDF' } };
  const elf = bytesOf('\x7fELF');
  const names = (sources: readonly RuleSource[], given: Externals = externals) => {
    using rules = compile(sources);
    return rules.scan(elf, given).map(({ rule }) => rule);
  };
  t.deepEqual(names([declared]), ['Cloaked'], 'metadata does not set it');
  t.deepEqual(names([declared, from('b.yar', old)]), ['Cloaked', 'Old']);
  t.deepEqual(names([from('b.yar', old), declared]), ['Old', 'Cloaked']);
  t.deepEqual(names([declared], { ...externals, contentType: 'PDF' }), []);
});

test('an empty file can match', (t) => {
  using rules = compile([from('a.yar', 'rule empty { condition: filesize == 0 }')]);
  t.is(rules.scan(new Uint8Array(0), noExternals)[0]?.rule, 'empty');
});

test('for a pattern that matches everywhere, the first matches and their number are reported', (t) => {
  using rules = compile([from('a.yar', 'rule a { strings: $a = "aa" $b = "ab" condition: #a > 0 and $b }')]);
  const [match] = rules.scan(bytesOf(`${'a'.repeat(1000)}b`), noExternals);
  t.is(match?.strings.length, reportedMatchesPerPattern + 1);
  t.is(match?.stringsTotal, 1000);
  t.deepEqual(
    match?.strings.slice(0, 100).map(({ offset }) => offset),
    Array.from({ length: 100 }, (_, index) => index),
  );
  const few = rules.scan(bytesOf('aab'), noExternals)[0];
  t.false('stringsTotal' in (few ?? {}));
});

test('compiling, scanning and freeing one ruleset after the other takes no more memory', (t) => {
  const round = (index: number): void => {
    using rules = compile([
      from('a.yar', `rule a { strings: $a = "abc${index}" $b = /x${index}[0-9]+y/ condition: any of them }`),
    ]);
    t.is(rules.scan(bytesOf(`..abc${index}`), noExternals).length, 1);
  };
  for (let index = 0; index < 20; index += 1) round(index);
  const before = liveEngine().memoryBytes();
  for (let index = 20; index < 220; index += 1) round(index);
  t.is(liveEngine().memoryBytes(), before);
});

test('freed rules refuse to scan, and may be freed again', (t) => {
  const rules = compile([from('a.yar', 'rule a { condition: filesize == 0 }')]);
  rules.free();
  rules.free();
  t.throws(() => rules.scan(new Uint8Array(0), noExternals), { code: 'ERR_STATE' });
});
