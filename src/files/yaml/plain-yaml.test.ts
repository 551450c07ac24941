import test from 'ava';
import { parseYaml } from './yaml-places.ts';

const problemsOf = (text: string) =>
  parseYaml('a.yaml', text).problems.map(({ line, column, message }) => `${line}:${column} ${message}`);
const problemAt = (place: string, message: string) => [`${place} Invalid YAML: ${message}`];

test('mappings as keys of mappings are refused before the package writes each of them as text', (t) => {
  // 800 bytes took half a minute; 1,600 took hours.
  for (const depth of [400, 800]) t.is(problemsOf('{'.repeat(depth) + '}'.repeat(depth)).length, 1);
  t.deepEqual(problemsOf('{ a: 1, [b]: 2 }'), problemAt('1:9', 'A key must be a plain value'));
});

test('a key that schemas would skip silently is refused', (t) => {
  t.deepEqual(problemsOf('a: { __proto__: 1 }'), problemAt('1:6', 'The key __proto__ is not supported'));
});

const refusal = 'is not supported: write the value out, or quote it if it is text';

test('anchors and aliases are refused with their position before the text is parsed', (t) => {
  t.deepEqual(problemsOf('a: &x 1\nb: *x\n'), problemAt('1:4', `An anchor ${refusal}`));
  t.deepEqual(problemsOf('# &x\na: "*x"\nb:\n  - x &y\n  - [*x]\n'), problemAt('5:6', `An alias ${refusal}`));
  t.deepEqual(problemsOf('a: |\n  &x\nb: >-\n\n  *x\nc: a*b & c\nd: "\\n&"\n'), []);
  // The package searches all anchors for each alias: 40,000 lines took 40 seconds.
  const lines = Array.from({ length: 20_000 }, (_, index) => `- &a${index} x\n- *a${index}\n`).join('');
  t.deepEqual(problemsOf(lines), problemAt('1:3', `An anchor ${refusal}`));
});

test('a text with too many tokens is refused where the limit is reached', (t) => {
  t.deepEqual(
    problemsOf('\n'.repeat(200_001)),
    problemAt('200001:1', 'The file has more than 200000 tokens: split it into several files'),
  );
  t.is(problemsOf('['.repeat(1_000_000)).length, 1);
  t.deepEqual(problemsOf(`"${'a'.repeat(4 * 1024 ** 2 - 2)}"`), []);
  t.deepEqual(
    problemsOf(`"${'a'.repeat(4 * 1024 ** 2 - 1)}"`),
    problemAt('1:1', 'The file is longer than 4194304 characters: split it into several files'),
  );
});

test('only the first hundred problems are reported', (t) => {
  t.is(problemsOf(']\n'.repeat(1000)).length, 100);
  const { problems, diagnose } = parseYaml('a.yaml', 'a: 1\n');
  t.deepEqual(problems, []);
  const issue = { code: 'custom' as const, path: ['a'], message: 'is wrong', input: 1 };
  t.is(diagnose(Array.from({ length: 1000 }, () => issue)).length, 100);
});

test('a text cannot select types whose keys are compared with each other', (t) => {
  for (const type of ['omap', 'set', 'pairs']) t.is(problemsOf(`%YAML 1.1\n---\n!!${type} []\n`).length, 1, type);
  t.deepEqual(parseYaml('a.yaml', '%YAML 1.1\n---\n<<: { a: 1 }\n').value, { '<<': { a: 1 } });
});

test('excessive nesting is refused, however deep it is', (t) => {
  t.deepEqual(problemsOf(`${'['.repeat(50)}1${']'.repeat(50)}`), []);
  for (const depth of [51, 5000])
    t.deepEqual(
      problemsOf(`${'['.repeat(depth)}1${']'.repeat(depth)}`),
      problemAt('1:51', 'Lists and mappings are nested more than 50 deep'),
    );
});

test('repeated keys are found among many', (t) => {
  const keys = Array.from({ length: 20_000 }, (_, index) => `k${index}: 1\n`).join('');
  t.deepEqual(problemsOf(keys), []);
  t.deepEqual(problemsOf(`${keys}k7: 2\n`), problemAt('20001:1', 'Map keys must be unique'));
  // Both would be the same key of an object.
  t.is(problemsOf('1: a\n"1": b\n').length, 1);
});

test('a refused text prints no warning of the package', async (t) => {
  const warnings: Error[] = [];
  const note = (warning: Error) => warnings.push(warning);
  process.on('warning', note);
  problemsOf('{ [a]: b }');
  problemsOf('? &a [x]\n: 1\n');
  await new Promise((resolve) => setImmediate(resolve));
  process.off('warning', note);
  t.deepEqual(warnings, []);
});
