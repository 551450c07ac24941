import test from 'ava';
import { checkSources } from '../../testing/rules/check-sources.ts';
import { parseDiagnostic } from './parse-diagnostic.ts';

test('a text without code or position is kept completely, with its first line as the message', (t) => {
  t.deepEqual(parseDiagnostic('something else\nwent wrong', 'a.yar', 'error'), {
    severity: 'error',
    code: 'engine/unknown',
    message: 'something else',
    file: 'a.yar',
    line: 0,
    column: 0,
    rendered: 'something else\nwent wrong',
  });
});

test('the label of the primary mark is part of the message, and that of a secondary one is not', (t) => {
  const rendered = [
    'error[E012]: duplicate rule `a`',
    ' --> line:7:31',
    '  |',
    '7 | rule a {condition: true} rule a {condition: true}',
    '  |      -                        ^ duplicate declaration of `a`',
    '  |      |',
    '  |      `a` declared here for the first time',
  ].join('\n');
  const { message, line, column, code } = parseDiagnostic(rendered, 'a.yar', 'warning');
  t.deepEqual([code, line, column, message], ['E012', 7, 31, 'duplicate rule `a`: duplicate declaration of `a`']);
});

/** The message parsed from the engine's first report on a source. */
function messageOf(source: string): string | undefined {
  const { errors, warnings } = checkSources([{ namespace: 'a.yar', source }]);
  return [...errors, ...warnings][0]?.message;
}

test('several labels of one position are joined in order', (t) => {
  t.is(
    messageOf('rule a { strings: $a = "abcd"   $a1 = "foobar" condition: any of ( $a* ) and $a1 }'),
    'pattern `$a1` may be unintendedly or redundantly included in pattern set `$a*`: `$a1` is included in `$a*`; `$a1` is also used here',
  );
  t.is(
    messageOf('rule a { condition: filesize == "x" }'),
    'mismatching types: this expression is `integer`; this expression is `string`',
  );
  t.is(
    messageOf('rule a { strings: $a = "abcdef"\n\t$b = "abcdef" condition: all of them }'),
    'duplicate pattern value: pattern `$a` defined here first; duplicate of pattern `$a`',
  );
});

test('a position over several lines has its label', (t) => {
  t.is(
    messageOf('rule a { condition: true and\n false }'),
    'invariant boolean expression: this expression is always false',
  );
});

test('no message contains a piece of the drawing', (t) => {
  const sources = [
    'import "math" import "math" rule a { condition: math.min(filesize, 2) == 1 }',
    'rule a { strings: $a = /foobar/i nocase condition: $a }',
    'rule a { strings: $a = "abcd" xor nocase condition: $a }',
    'rule a { strings: $a = { 61 62 63 64 } condition: $a at 1 and 2 of them at 0 }',
    'rule a { strings: $a = "a|- ^^^ b" $b = "a|- ^^^ b" condition: all of them }',
    'import "pe" rule a { condition: pe.exports(1, 2) }',
    'rule a { condition: entrypoint == 3 }',
  ];
  for (const source of sources) t.notRegex(messageOf(source) ?? '  ', /\s{2}|--|\^|\|/, source);
});
