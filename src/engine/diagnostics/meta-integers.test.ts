import test from 'ava';
import { externalsOf } from '../../domain/rulesets/externals.ts';
import { checkSources } from '../../testing/rules/check-sources.ts';
import { compile } from '../compile.ts';
import { unsafeMetaIntegers } from './meta-integers.ts';

const rule = (meta: string) => `rule a { meta: ${meta} condition: filesize >= 0 }`;
const found = (meta: string) => unsafeMetaIntegers('a.yar', rule(meta)).length;

test('an integer in meta that a match cannot report is an error of its file', (t) => {
  const source = rule('ok = 1 // = 99999999999999999\n  text = "a = \\"9007199254740992" big = -9007199254740992');
  const { errors } = checkSources([{ namespace: 'a.yar', source }]);
  t.like(errors, [{ severity: 'error', code: 'engine/meta-integer', file: 'a.yar', line: 2, column: 42 }]);
  t.throws(() => compile([{ namespace: 'a.yar', source }]), { code: 'ERR_RULES_INVALID', message: /put it in quotes/ });
});

test('the largest reportable integers are accepted, in every notation', (t) => {
  const meta = 'a = 9007199254740991 b = -9007199254740991 c = 0x1fffffffffffff d = 8589934591MB e = 1.5 f = false';
  t.is(found(meta), 0);
  using rules = compile([{ namespace: 'a.yar', source: rule(meta.replace('d = 8589934591MB', '')) }]);
  t.is(rules.scan(new Uint8Array(0), externalsOf(''))[0]?.meta.length, 5);
  t.is(found('c = 0x20000000000000'), 1);
  t.is(found('d = 8589934592MB e = 9007199254740992'), 2);
});

test('large integers in conditions are ignored', (t) => {
  const source = 'rule a { meta: x = 1 condition: with y = 9007199254740993 : (filesize == y) }';
  t.deepEqual(unsafeMetaIntegers('a.yar', source), []);
});

test('long texts, gaps and comments are read in a single pass', (t) => {
  const size = 1_000_000;
  const none = [`a = "${'x'.repeat(size)}"`, `a = 1${' '.repeat(size)}`, `a = 1 //${' meta: /*'.repeat(size / 9)}\n`];
  for (const meta of none) t.is(found(meta), 0);
  t.is(found(`a = 1 ${'/* */'.repeat(size / 5)} b = 9007199254740992`), 1);
});

test('text that looks like meta in a string, a pattern or a comment is ignored', (t) => {
  const text = 'meta: size = 99999999999999999999';
  const sources = [
    `rule a { strings: $a = "${text}" condition: $a }`,
    `rule a { meta: x = """\n${text}\n""" condition: filesize > 1 }`,
    `rule a { strings: $a = /${text}/ condition: $a }`,
    `rule a { strings: $a = { 61 /* ${text} */ 62 } condition: $a }`,
    `/* ${text} */ rule a { // ${text}\n condition: filesize > 1 }`,
    `rule a { condition: filename == "${text}" }`,
  ];
  for (const source of sources) {
    t.deepEqual(checkSources([{ namespace: 'a.yar', source }]).errors, [], source);
  }
});

test('six megabytes of escapes do not overflow the stack', (t) => {
  t.is(found(`a = "${'\\n'.repeat(3_000_000)}" b = 9007199254740992`), 1);
});

test('hundreds of thousands of integers are errors of the file, not a crash', (t) => {
  const source = rule('a = 9007199254740992 '.repeat(200_000));
  const { errors } = checkSources([{ namespace: 'a.yar', source }]);
  t.is(errors.length, 200_000);
  t.is(errors[0]?.code, 'engine/meta-integer');
});
