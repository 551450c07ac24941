import test from 'ava';
import { parseDiagnostic } from './parse-diagnostic.ts';

test('a text without code or place is kept whole, with its first line as the message', (t) => {
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

test('the label of the primary mark is part of the message, not that of a secondary one', (t) => {
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
