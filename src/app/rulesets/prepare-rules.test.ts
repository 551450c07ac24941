import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import test from 'ava';
import fc from 'fast-check';
import { openContentCache } from '../../adapters/local/content-cache.ts';
import { compileThreads, scanThreads } from '../../engine/pool/spare-threads.ts';
import { tempFolder } from '../../testing/temp-folder.ts';
import { prepareRules } from './prepare-rules.ts';

const rule = (name: string, value: string) =>
  `rule ${name} {\n  meta: score = 70\n  strings: $a = "${value}"\n  condition: $a\n}\n`;
const contents = [
  rule('one', 'first'),
  rule('one', 'second'),
  `${rule('one', 'first')}${rule('two', 'first')}`,
  rule('two', 'first'),
  'rule broken { condition: foo }\n',
  `${rule('good', 'third')}rule broken { condition: foo }\nrule needs { condition: broken }\n`,
  'import "console"\nrule p { condition: console.log("x") }\n',
  'include "b.inc"\n',
  'rule slow { strings: $a = /a.*b/ condition: $a }\n',
  'rule swapped { strings: $a = "one" $b = "two" condition: $a and $b }\n',
  'rule swapped { strings: $b = "one" $a = "two" condition: $b and $a }\nprivate rule p { strings: $x = "x" condition: $x }\n',
  'global rule g { condition: filesize > 0 }\nrule swapped { strings: $x = "two" $y = "one" condition: $y and $x }\n',
  '// suppress: lint/duplicate-logic -- on purpose\nrule swapped { strings: $x = "two" $y = "one" condition: $y and $x }\n',
  'rule o1 { condition: filesize > 1 }\nrule set { condition: any of (o*) }\n',
  '',
];
const sourcesFiles = [
  'sources:\n  pack: { url: "../pack", state: active }\n',
  'sources:\n  pack: { url: "../pack", state: staged, severity: high }\n',
  'sources:\n  pack: { url: "../pack", state: active, rules: { exclude: [two] } }\n',
];
const folders = fc.record(
  {
    'a.yar': fc.constantFrom(...contents),
    'b.inc': fc.constantFrom(rule('inner', 'x'), rule('inner', 'y')),
    'c.yar': fc.constantFrom(...contents),
    'vendor/pack/a.yar': fc.constantFrom(...contents),
    'vendor/pack/b.yar': fc.constantFrom(...contents),
    'sources.yaml': fc.constantFrom(...sourcesFiles),
  },
  { requiredKeys: ['sources.yaml'] },
);
const variables = fc.constantFrom([], [{ name: 'foo', type: 'boolean', default: true } as const]);

test('with a cache, rules are prepared as without one, whatever was prepared before', async (t) => {
  const dir = tempFolder(t);
  const cache = openContentCache(join(dir, 'cache'), { now: () => 0 });
  const rulesDir = join(dir, 'rules');
  await fc.assert(
    fc.asyncProperty(folders, variables, async (files, declared) => {
      rmSync(rulesDir, { recursive: true, force: true });
      mkdirSync(rulesDir);
      for (const [name, content] of Object.entries(files)) {
        mkdirSync(dirname(join(rulesDir, name)), { recursive: true });
        writeFileSync(join(rulesDir, name), content);
      }
      const prepare = async (given: typeof cache) => {
        const { loaded: _, ...prepared } = await prepareRules({ rulesDir, variables: declared, cache: given });
        return prepared;
      };
      const expected = await prepare(null);
      t.deepEqual(await prepare(cache), expected);
      t.deepEqual(await prepare(cache), expected);
    }),
    { numRuns: 20 },
  );
  cache?.close();
});

test('with a cache, a rule that now means something else is no duplicate of what it was', async (t) => {
  const dir = tempFolder(t);
  const cache = openContentCache(join(dir, 'cache'), { now: () => 0 });
  const rulesDir = join(dir, 'rules');
  mkdirSync(rulesDir);
  const duplicates = async (condition: string) => {
    const strings = '$a = "one" $b = "two"';
    writeFileSync(join(rulesDir, 'a.yar'), `rule first { strings: ${strings} condition: $a and $b }\n`);
    writeFileSync(join(rulesDir, 'b.yar'), `rule second { strings: ${strings} condition: ${condition} }\n`);
    const { diagnostics } = await prepareRules({ rulesDir, cache });
    return diagnostics.filter(({ code }) => code === 'lint/duplicate-logic').map(({ file, rule }) => [file, rule]);
  };
  t.deepEqual(await duplicates('$b and $a'), [['b.yar', 'second']]);
  t.deepEqual(await duplicates('$b or $a'), []);
  t.deepEqual(await duplicates('$b and $a'), [['b.yar', 'second']]);
  cache?.close();
});

const large = `// ${'x'.repeat(300 * 1024)}\nrule last { strings: $a = "last" condition: $a }\n`;
const spec = (expected: readonly string[]) =>
  `tests:\n  - name: sample\n    sample: { text: last one two }\n    matches: [${expected.join(', ')}]\n`;

test('a kept image is used again; for a small change, tests run without compiling the rest', async (t) => {
  const dir = tempFolder(t);
  const [rulesDir, testsDir] = [join(dir, 'rules'), join(dir, 'tests')];
  const cache = openContentCache(join(dir, 'cache'), { now: () => 0 });
  mkdirSync(rulesDir);
  mkdirSync(testsDir);
  writeFileSync(join(rulesDir, 'z.yar'), large);
  writeFileSync(join(rulesDir, 'a.yar'), rule('one', 'one'));
  writeFileSync(join(testsDir, 'a.yar.test.yaml'), spec(['one']));
  const prepare = () => prepareRules({ rulesDir, testsDir, lint: false, image: 'keep', cache });
  const first = await prepare();
  t.is(first.tests?.passed, 1);
  t.truthy(first.ruleset?.image ?? first.tests);
  t.is(first.base, undefined);
  writeFileSync(join(rulesDir, 'a.yar'), rule('two', 'two'));
  const second = await prepare();
  t.is(second.tests?.passed, 0);
  t.deepEqual([...(second.base?.sources.keys() ?? [])], ['a.yar', 'z.yar']);
  writeFileSync(join(testsDir, 'a.yar.test.yaml'), spec(['two']));
  t.is((await prepare()).tests?.failed, 0);
  writeFileSync(join(rulesDir, 'a.yar'), rule('one', 'one'));
  const third = await prepare();
  t.is(third.base, undefined);
  t.is(third.tests?.failed, 1);
  cache?.close();
});

// Serial: it counts the threads of the process.
test.serial('few rules are compiled, built and tested in one thread, which is kept for the next', async (t) => {
  const dir = tempFolder(t);
  const [rulesDir, testsDir] = [join(dir, 'rules'), join(dir, 'tests')];
  mkdirSync(rulesDir);
  mkdirSync(testsDir);
  writeFileSync(join(rulesDir, 'a.yar'), rule('one', 'one'));
  writeFileSync(join(testsDir, 'a.yar.test.yaml'), spec(['one']));
  let started = 0;
  const note = () => {
    started += 1;
  };
  process.on('worker', note);
  t.teardown(() => process.off('worker', note));
  await Promise.all([compileThreads.close(), scanThreads().close()]);
  const { tests } = await prepareRules({ rulesDir, testsDir, lint: false });
  t.is(tests?.passed, 1);
  t.is(started, 1);
  const thread = scanThreads().take();
  t.is(started, 1);
  await thread.kill();
});
