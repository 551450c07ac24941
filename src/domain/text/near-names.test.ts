import test from 'ava';
import { nameHint, nearNames } from './near-names.ts';

test('names are listed by how much of the text they have, the shorter first, each once', (t) => {
  const names = ['a form handler', 'eval of a request parameter', 'eval', 'eval', 'nothing'];
  t.deepEqual(nearNames('evla', names), ['eval', 'eval of a request parameter']);
  t.deepEqual(nearNames('Handler of forms', names), ['a form handler']);
  t.deepEqual(nearNames('reqest param', names), ['eval of a request parameter']);
});

test('a slip of the keyboard is recognized in short words', (t) => {
  for (const slip of ['eicar', 'eicr', 'eiicar', 'eocar', 'eciar'])
    t.deepEqual(nearNames(slip, ['EICAR', 'other']), ['EICAR'], slip);
  t.deepEqual(nearNames('ecair', ['eicar', 'other']), []);
});

test('names that share little with the text are not similar', (t) => {
  t.deepEqual(nearNames('webshell', ['ransomware note', 'her', 'shoes', 'elf']), []);
  t.deepEqual(nearNames('', ['a', 'b']), []);
  t.deepEqual(nearNames('zzz', []), []);
});

test('a hint lists similar names, otherwise the first five, or that there are none', (t) => {
  t.deepEqual(nameHint('evla', ['eval', 'x'], 'none'), ['Similar names:', '  eval']);
  t.deepEqual(nameHint('zzz', ['a', 'b', 'c', 'd', 'e', 'f'], 'none'), [
    'Some names:',
    ...['a', 'b', 'c', 'd', 'e'].map((each) => `  ${each}`),
  ]);
  t.deepEqual(nameHint('zzz', [], 'none'), ['none']);
});
