import { chmod, readdir, readFile, stat, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { createTestCli, type TestCli } from '../../../testing/cli/run-cli.ts';

const rules = `rule A { strings: $a = "crimson" $b = { 66 6F 78 } condition: any of them }
rule B { strings: $long = /y{90}/ condition: $long }
`;
const tests = `# kept
tests:
  - name: both # kept too
    sample: { text: "a crimson fox and ${'y'.repeat(90)}" }
    matches: [A]
  - name: moved
    sample: { text: "12 crimson" }
    matches: [A]
    strings: { A: [{ identifier: $a, offset: 2 }] }
  - { name: harmless, sample: { text: "a fox" }, matches: [] }
  - { name: missed, sample: { text: "words" }, matches: [B] }
  - { name: known, sample: { text: "words" }, matches: [B], todo: later }
`;
const file = 'rule-tests/a.yar.test.yaml';
const read = (cli: TestCli) => readFile(join(cli.dir, file), 'utf8');

test('--update writes what matches now, keeps the rest of the file, and prints what changed', async (t) => {
  const cli = await createTestCli(t);
  await cli.write({ 'rules/a.yar': rules, [file]: tests });
  await chmod(join(cli.dir, file), 0o640);
  const { code, stdout } = await cli.run('rules', 'test', '--update');
  t.is(code, 1, 'two tests still fail');
  t.deepEqual(stdout.split('\n').slice(0, 5), [
    `${file}: both: expects B, 2 strings of A, 1 string of B`,
    `${file}: moved: 1 string of A`,
    `${file}: harmless: not updated, because it expects no matches, and A matched`,
    `${file}: missed: not updated, because B did not match`,
    '2 tests updated in 1 file',
  ]);
  t.regex(stdout, /2 passed, 2 failed, 1 todo/);
  t.is(
    await read(cli),
    tests
      .replace(
        'matches: [A]\n',
        "matches: [A, B]\n    strings:\n      A:\n        - { identifier: $a, offset: 2, data: 'crimson' }\n        - { identifier: $b, offset: 10, data: 'fox' }\n      B:\n        - { identifier: $long, offset: 18, length: 90 }\n",
      )
      .replace('offset: 2 }] }', 'offset: 3 }] }'),
  );
  t.is((await stat(join(cli.dir, file))).mode & 0o777, 0o640);
  t.deepEqual(await readdir(join(cli.dir, 'rule-tests')), ['a.yar.test.yaml']);
  const before = await read(cli);
  t.regex((await cli.run('rules', 'test', '--update')).stdout, /^No test updated$/m);
  t.is(await read(cli), before);
});

test('--update changes the tests that --name and the files choose, and a file behind a link in its place', async (t) => {
  const cli = await createTestCli(t);
  await cli.write({ 'rules/a.yar': rules, 'rule-tests/real.yaml': tests });
  await symlink('real.yaml', join(cli.dir, file));
  const { stdout } = await cli.run('rules', 'test', 'a.yar', '--update', '--name', 'moved');
  t.regex(stdout, /^1 test updated in 1 file\n1 passed/m);
  t.is(
    await readFile(join(cli.dir, 'rule-tests/real.yaml'), 'utf8'),
    tests.replace('offset: 2 }] }', 'offset: 3 }] }'),
  );
});

test('--update is refused in CI unless forced, and writes nothing there', async (t) => {
  const cli = await createTestCli(t);
  await cli.write({ 'rules/a.yar': rules, [file]: tests });
  const inCi = (...args: readonly string[]) =>
    cli.runWith({ env: { CI: 'true' } }, 'rules', 'test', '--update', ...args);
  const { code, stderr } = await inCi();
  t.is(code, 2);
  t.regex(stderr, /CI is set/);
  t.is(await read(cli), tests);
  await inCi('--force', '--format', 'tap');
  t.not(await read(cli), tests);
});

test('without an update nothing is written, nor for rules that do not compile', async (t) => {
  const cli = await createTestCli(t);
  await cli.write({ 'rules/a.yar': rules, [file]: tests });
  await cli.run('rules', 'test');
  t.is(await read(cli), tests);
  await cli.write({ 'rules/b.yar': 'rule B { condition: nope }' });
  t.is((await cli.run('rules', 'test', '--update')).code, 1);
  t.is(await read(cli), tests);
});
