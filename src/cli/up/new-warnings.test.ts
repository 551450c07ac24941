import test from 'ava';
import type { Diagnostic } from '../../domain/rulesets/diagnostic.ts';
import { createNewWarnings } from './new-warnings.ts';

const warning = (rule: string, code: string, line = 1): Diagnostic => ({
  ...{ severity: 'warning', code, message: `${rule} ${code}`, file: 'a.yar', line, column: 1, rule },
});
const texts = (warnings: readonly Diagnostic[]) => warnings.map(({ code, message }) => `${message} [${code}]`);

test('the warnings of a rule are one line, and many of one code are one line', (t) => {
  const many = Array.from({ length: 6 }, (_, at) => warning(`R${at}`, 'lint/many'));
  const found = createNewWarnings()([warning('A', 'lint/x'), warning('A', 'lint/y'), warning('B', 'lint/x'), ...many]);
  t.deepEqual(texts(found), [
    '6 rules in 1 file; the first: R0 lint/many [lint/many]',
    'A has 2 warnings [lint/x, lint/y]',
    'B lint/x [lint/x]',
  ]);
});

test('a warning is printed once, wherever its line moves', (t) => {
  const newWarnings = createNewWarnings();
  newWarnings([warning('A', 'lint/x')]);
  t.deepEqual(texts(newWarnings([warning('A', 'lint/x', 9), warning('B', 'lint/x')])), ['B lint/x [lint/x]']);
});
