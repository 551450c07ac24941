import test from 'ava';
import { isAllowedBy } from './spdx.ts';

const allowed = new Set(['MIT', 'ISC']);

test('brackets bind first, then AND, then OR', (t) => {
  for (const fine of [
    'MIT',
    '(MIT)',
    'GPL-3.0 OR MIT',
    'MIT AND ISC',
    'GPL-3.0 AND ISC OR MIT',
    'MIT AND (GPL-3.0 OR ISC)',
    'Apache-2.0 WITH LLVM-exception OR MIT',
  ]) {
    t.true(isAllowedBy(fine, allowed), fine);
  }
  // Without its brackets, the first would read as if MIT were enough.
  for (const not of [
    '(MIT OR GPL-3.0) AND GPL-3.0',
    'MIT AND GPL-3.0',
    'GPL-3.0 OR AGPL-3.0',
    '(MIT AND GPL-3.0) OR AGPL-3.0',
  ]) {
    t.false(isAllowedBy(not, allowed), not);
  }
});

test('an invalid expression, or one with an exception, is not allowed', (t) => {
  for (const not of [
    ...['', 'mit', 'SEE LICENSE IN MIT', 'UNLICENSED', 'MIT ISC', 'MIT OR', 'OR MIT', '(MIT', 'MIT)', '()', 'MIT AND'],
    ...[
      'MIT WITH Classpath-exception-2.0',
      'MIT AND ISC WITH X',
      'MIT WITH',
      'MIT OR ISC GPL-3.0',
      'MIT or ISC',
      '(MIT OR ISC))',
    ],
  ]) {
    t.false(isAllowedBy(not, allowed), not);
  }
});
