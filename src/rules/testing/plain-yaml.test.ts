import test from 'ava';
import { parseYaml } from './yaml-places.ts';

const problemsOf = (text: string) =>
  parseYaml('a.yaml', text).problems.map(({ line, column, message }) => `${line}:${column} ${message}`);
const said = (place: string, message: string) => [`${place} This is not YAML that can be read: ${message}`];

test('mappings that are keys of mappings are refused before the package writes each of them as text', (t) => {
  // 800 bytes that took half a minute; 1,600 that took hours.
  for (const depth of [400, 800]) t.is(problemsOf('{'.repeat(depth) + '}'.repeat(depth)).length, 1);
  t.deepEqual(problemsOf('{ a: 1, [b]: 2 }'), said('1:9', 'A key must be a plain value'));
  t.deepEqual(problemsOf('a: &x { b: 1 }\n*x : 2\n'), said('2:1', 'A key must be a plain value'));
});

test('what is nested deeper than anybody writes is refused, however deep it is', (t) => {
  t.deepEqual(problemsOf(`${'['.repeat(50)}1${']'.repeat(50)}`), []);
  for (const depth of [51, 5000])
    t.deepEqual(
      problemsOf(`${'['.repeat(depth)}1${']'.repeat(depth)}`),
      said('1:51', 'Lists and mappings are nested more than 50 deep'),
    );
});

test('keys that repeat are found among many', (t) => {
  const keys = Array.from({ length: 20_000 }, (_, index) => `k${index}: 1\n`).join('');
  t.deepEqual(problemsOf(keys), []);
  t.deepEqual(problemsOf(`${keys}k7: 2\n`), said('20001:1', 'Map keys must be unique'));
  // Both would be one key of an object.
  t.is(problemsOf('1: a\n"1": b\n').length, 1);
});

test('a text that is refused writes no warning of the package', async (t) => {
  const warnings: Error[] = [];
  const note = (warning: Error) => warnings.push(warning);
  process.on('warning', note);
  problemsOf('{ [a]: b }');
  problemsOf('? &a [x]\n: 1\n');
  await new Promise((resolve) => setImmediate(resolve));
  process.off('warning', note);
  t.deepEqual(warnings, []);
});
