import test from 'ava';
import { nearNames } from './near-names.ts';

test('names are listed by how much of the text they have, the shorter first, each once', (t) => {
  const names = ['a form handler', 'eval of a request parameter', 'eval', 'eval', 'nothing'];
  t.deepEqual(nearNames('evla', names), ['eval', 'eval of a request parameter']);
  t.deepEqual(nearNames('Handler of forms', names), ['a form handler', 'eval of a request parameter']);
});

test('if no name is similar, the first five are listed', (t) => {
  t.deepEqual(nearNames('zzz', ['a', 'b', 'c', 'd', 'e', 'f']), ['a', 'b', 'c', 'd', 'e']);
  t.deepEqual(nearNames('zzz', []), []);
});
