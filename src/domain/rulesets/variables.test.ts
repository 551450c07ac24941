import test from 'ava';
import {
  declareByText,
  fitsType,
  givenVariables,
  nameProblem,
  readVariable,
  typeOf,
  withDefaultVariables,
} from './variables.ts';

test('a name is a unique identifier', (t) => {
  for (const name of ['owner', 'is_archive', '_x', 'Depth2', 'times']) t.is(nameProblem(name), null, name);
  for (const name of ['', '1a', 'a-b', 'ä', 'a b', `${'a'.repeat(101)}`])
    t.regex(nameProblem(name) ?? '', /letters/, name);
  for (const name of ['filepath', 'FileName', 'extension', 'filetype'])
    t.regex(nameProblem(name) ?? '', /sets it/, name);
  for (const name of ['rule', 'them', 'pe', 'vt', 'uint16', 'filesize']) t.regex(nameProblem(name) ?? '', /word/, name);
});

test('a value has its JSON type', (t) => {
  t.deepEqual(['', 0, 0.5, false].map(typeOf), ['string', 'integer', 'float', 'boolean']);
  t.true(fitsType(2, 'float') && fitsType(2, 'integer') && fitsType('', 'string') && fitsType(true, 'boolean'));
  t.false(
    fitsType(2 ** 53, 'integer') || fitsType(0.5, 'integer') || fitsType('1', 'integer') || fitsType(1, 'boolean'),
  );
  t.false(fitsType(Number.POSITIVE_INFINITY, 'float') || fitsType(Number.NaN, 'float'));
});

test('only a text that fits the type is read', (t) => {
  t.deepEqual(
    ['0', '-12', '9007199254740993', '-9223372036854775808'].map((text) => readVariable('integer', text)),
    [0, -12, 9007199254740993n, -9223372036854775808n],
  );
  for (const text of ['', ' 1', '1.0', '0x10', '9223372036854775808', '1e3', '1'.repeat(5000)])
    t.is(readVariable('integer', text), null, text.slice(0, 20));
  t.deepEqual(
    ['2', '-0.5', '1e3'].map((text) => readVariable('float', text)),
    [2, -0.5, 1000],
  );
  for (const text of ['', 'NaN', 'Infinity', '1e999', '.5']) t.is(readVariable('float', text), null, text);
  t.deepEqual(
    ['true', 'false', 'True', '1', ''].map((text) => readVariable('boolean', text)),
    [true, false, null, null, null],
  );
  t.is(readVariable('string', 'anything'), 'anything');
});

test('a variable known only by a text has the type that the text looks like', (t) => {
  const types = ['true', '12', '1.5', 'root', ''].map((text) => declareByText('v', text).type);
  t.deepEqual(types, ['boolean', 'integer', 'float', 'string', 'string']);
});

test('only metadata with the prefix sets variables', (t) => {
  const metadata = { filepath: '/x', 'rearview-var-owner': 'root', 'rearview-variant': 'x', owner: 'me' };
  t.deepEqual(givenVariables(metadata), { owner: 'root' });
});

test('owner is declared unless a declaration takes its place, whatever its case', (t) => {
  const owner = { name: 'owner', type: 'string', default: '' } as const;
  t.deepEqual(withDefaultVariables([]), [owner]);
  for (const mine of [
    { name: 'owner', type: 'integer', default: 5 },
    { name: 'Owner', type: 'string', default: 'root' },
  ] as const)
    t.deepEqual(withDefaultVariables([mine]), [mine]);
});
