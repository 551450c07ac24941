import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { reviewSectionSchema } from '../../../pull-requests/section.ts';
import { createTestCli, type TestCli, testedRule } from '../../../testing/cli/run-cli.ts';
import { runnerCommands } from '../../../testing/cli/runner-commands.ts';

async function sectionOf(cli: TestCli, file: string) {
  return reviewSectionSchema.parse(JSON.parse(await readFile(join(cli.dir, file), 'utf8')));
}

test('rules check puts errors before warnings on their exact lines, and the text in the log', async (t) => {
  const cli = await createTestCli(t);
  await cli.write({
    ...testedRule('Evil', 'evil'),
    'rules/a/bare.yar': '\n\nrule Bare { condition: filesize == 0 }\n',
    'rules/z/bad.yar': '\nrule Bad {\n  condition: foo\n}\n',
  });
  const { code, stdout, stderr } = await cli.run('rules', 'check', '--format', 'github', '--report', 'check.json');
  t.is(code, 1);
  const commands = runnerCommands(stdout);
  t.is(commands.length, stdout.trimEnd().split('\n').length);
  const severities = commands.map(({ command }) => command);
  t.deepEqual(severities, severities.toSorted());
  const place = { file: 'rules/z/bad.yar', line: '3', col: '14', title: 'E009' };
  t.like(commands[0], { command: 'error', properties: place });
  t.like(commands[1], { command: 'warning', properties: { file: 'rules/a/bare.yar', line: '3', col: '6' } });
  t.regex(
    stderr,
    /^rules\/z\/bad\.yar:3:14: error: .*\n +\| {3}condition: foo\n +\| +\^\^\^\n3 files: 1 error, \d+ warnings?\n$/m,
  );

  const section = await sectionOf(cli, 'check.json');
  t.like(section, { section: 'check', verdict: 'failed', files: 3, rules: 3, errors: 1, omitted: 0 });
  t.like(section.section === 'check' ? section.diagnostics[0] : null, {
    ...{ severity: 'error', code: 'E009', file: 'rules/z/bad.yar', line: 3, column: 14 },
  });
});

test('only warnings pass a check, and fail it with --strict', async (t) => {
  const cli = await createTestCli(t);
  await cli.write({ 'rules/bare.yar': 'rule Bare { condition: filesize == 0 }' });
  t.is((await cli.run('rules', 'check', '--report', 'check.json')).code, 0);
  t.like(await sectionOf(cli, 'check.json'), { verdict: 'passed', errors: 0, rules: 1 });
  t.is((await cli.run('rules', 'check', '--report', 'check.json', '--strict')).code, 1);
  t.like(await sectionOf(cli, 'check.json'), { verdict: 'failed' });
  t.is((await cli.run('rules', 'check', '--json', '--format', 'github')).code, 2);
});

test('paths are those of the repository, wherever in it the command runs', async (t) => {
  const cli = await createTestCli(t);
  await cli.write({ 'part/rules/bad.yar': 'rule Bad { condition: foo }' });
  const context = { cwd: join(cli.dir, 'part'), env: { GITHUB_WORKSPACE: cli.dir } };
  const { stdout } = await cli.runWith(context, 'rules', 'check', '--format', 'github');
  t.like(runnerCommands(stdout)[0], { properties: { file: 'part/rules/bad.yar' } });
  const elsewhere = { ...context, env: { GITHUB_WORKSPACE: join(cli.dir, 'other') } };
  const alone = await cli.runWith(elsewhere, 'rules', 'check', '--format', 'github');
  t.like(runnerCommands(alone.stdout)[0], { properties: { file: 'rules/bad.yar' } });
});

test('a problem of an included file is reported once', async (t) => {
  const cli = await createTestCli(t);
  await cli.write({
    'rules/shared.yar': '\nrule Shared { condition: foo }\n',
    'rules/a.yar': 'include "shared.yar"\n',
    'rules/b.yar': '\n\ninclude "shared.yar"\n',
  });
  const { stdout, stderr } = await cli.run('rules', 'check', '--format', 'github');
  const errors = runnerCommands(stdout).filter(({ command }) => command === 'error');
  t.deepEqual(
    errors.map(({ properties: { file, line } }) => `${file} ${line}`),
    ['rules/shared.yar 2'],
  );
  t.regex(stderr, /: 1 error, /);
});

test('lines and columns are those of the file, whatever its line ends, marks and letters', async (t) => {
  const cli = await createTestCli(t);
  await cli.write({
    'rules/crlf.yar': '// one\r\n\r\nrule Crlf {\r\n  condition: foo\r\n}\r\n',
    'rules/mark.yar': '\ufeffrule Mark {\n  condition: foo\n}\n',
    'rules/tab.yar': 'rule Tab {\n\tcondition: /* \u00e9\u6f22\u{1f600} */\tfoo\n}\n',
  });
  const { stdout } = await cli.run('rules', 'check', '--format', 'github');
  const errors = runnerCommands(stdout).filter(({ command }) => command === 'error');
  t.deepEqual(
    errors.map(({ properties: { file, line, col } }) => `${file} ${line} ${col}`),
    ['rules/crlf.yar 4 14', 'rules/mark.yar 2 14', 'rules/tab.yar 2 23'],
  );
});

test('if there are more annotations than GitHub shows, the last one has their number', async (t) => {
  const cli = await createTestCli(t);
  const bad = Array.from({ length: 11 }, (_, index) => [`rules/${index}.yar`, 'rule Bad { condition: foo }'] as const);
  await cli.write(Object.fromEntries(bad));
  const commands = runnerCommands((await cli.run('rules', 'check', '--format', 'github')).stdout);
  t.deepEqual(
    commands.slice(0, 11).map(({ command }) => command),
    Array.from({ length: 11 }, () => 'error'),
  );
  t.like(commands.at(-1), { command: 'notice' });
  t.regex(commands.at(-1)?.data ?? '', /^11 errors and \d+ warnings? in all\./);
});

test('rules test names failing tests, untested rules and unusable test files by their lines', async (t) => {
  const cli = await createTestCli(t);
  await cli.write({
    ...testedRule('Evil', 'evil'),
    'rule-tests/evil.yar.test.yaml':
      'tests:\n  - { name: hit, sample: { text: evil deeds }, matches: [Evil] }\n  - name: wrong\n    sample: { text: nothing }\n    matches: [Evil]\n',
    'rules/shared.yar': '// rule Hidden\n\nrule Shared { condition: filesize == 1 }\n',
    'rules/more.yar': 'include "shared.yar"\n\n/*\n rule Untested\n*/\nrule\n  Untested { condition: false }\n',
    // Its rule gets no further error, since its tests are not known.
    'rules/odd.yar': 'rule Odd { condition: false }\n',
    'rule-tests/odd.yar.test.yaml': 'tests: []\nnonsense: 1\n',
    'rule-tests/shared.yar.test.yml': 'tests: []\n',
  });
  const args = ['rules', 'test', '--format', 'github', '--junit', 'tests.xml', '--report', 'tests.json'];
  const { code, stdout, stderr } = await cli.run(...args);
  t.is(code, 1);
  const places = runnerCommands(stdout).map(({ command, properties: { file, line, title } }) =>
    [command, file, line, title].join(' '),
  );
  t.deepEqual(
    places.filter((each) => !each.startsWith('notice')),
    [
      'error rule-tests/shared.yar.test.yml  test/name',
      'error rule-tests/odd.yar.test.yaml 1 test/spec',
      'error rule-tests/odd.yar.test.yaml 2 test/spec',
      'error rule-tests/evil.yar.test.yaml 3 test fails: wrong',
      'error rules/evil.yar 1 test/no-negative',
      // Diagnostics of the shared rule in the file that includes it, and in its own.
      'error rules/shared.yar 3 test/no-positive',
      'error rules/shared.yar 3 test/no-negative',
      'error rules/more.yar 7 test/no-positive',
      'error rules/more.yar 7 test/no-negative',
      'error rules/shared.yar 3 test/no-positive',
      'error rules/shared.yar 3 test/no-negative',
    ],
  );
  t.regex(stderr, /✘ evil\.yar\.test\.yaml:3: wrong\n {4}- evil\.yar:Evil should match and does not\n/);
  t.regex(stderr, /1 passed, 1 failed/);
  t.regex(await readFile(join(cli.dir, 'tests.xml'), 'utf8'), /<testsuites name="rule tests"[^>]* failures="11"/);

  const section = await sectionOf(cli, 'tests.json');
  t.like(section, { section: 'tests', verdict: 'failed', passed: 1, failed: 1, omitted: 0 });
  if (section.section !== 'tests') return;
  t.deepEqual(section.untested.toSorted(), [
    'evil.yar:Evil',
    'more.yar:Shared',
    'more.yar:Untested',
    'shared.yar:Shared',
  ]);
  t.like(section.failures.at(-1), {
    ...{ rule: 'evil.yar:Evil', test: 'wrong', message: '- evil.yar:Evil should match and does not' },
    ...{ file: 'rule-tests/evil.yar.test.yaml', line: 3, column: 1 },
  });
});

test('rules that do not compile are annotated only by the check, and both reports of the tests report that none was run', async (t) => {
  const cli = await createTestCli(t);
  await cli.write({ 'rules/bad.yar': '\nrule Bad { condition: foo }' });
  const args = ['rules', 'test', '--format', 'github', '--junit', 'tests.xml', '--report', 'tests.json'];
  const { code, stdout, stderr } = await cli.run(...args);
  t.is(code, 1);
  t.deepEqual(
    runnerCommands(stdout).map(({ command, properties }) => ({ command, properties })),
    [{ command: 'error', properties: { title: 'rules test' } }],
  );
  t.regex(stderr, /^rules\/bad\.yar:2:23: error: /m);
  t.regex(stderr, /No test was run/);
  t.like(await sectionOf(cli, 'tests.json'), { section: 'left', of: 'tests', verdict: 'unknown' });
  t.regex(await readFile(join(cli.dir, 'tests.xml'), 'utf8'), /bad\.yar:2:23: error/);
});

test('green tests pass, with a JUnit report with any format', async (t) => {
  const cli = await createTestCli(t);
  await cli.write(testedRule('Evil', 'evil'));
  const summary = join(cli.dir, 'summary.md');
  await writeFile(summary, '');
  const args = ['rules', 'test', '--format', 'tap', '--junit', 'tests.xml', '--report', 'tests.json'];
  const { code, stdout } = await cli.runWith({ env: { GITHUB_STEP_SUMMARY: summary } }, ...args);
  t.is(code, 0);
  t.regex(stdout, /^TAP version 14\n/);
  t.regex(await readFile(join(cli.dir, 'tests.xml'), 'utf8'), / tests="2" failures="0"/);
  t.like(await sectionOf(cli, 'tests.json'), { verdict: 'passed', passed: 2, failed: 0 });
  t.not(await readFile(summary, 'utf8'), '');
  t.is((await cli.run('rules', 'test', '--junit', 'no/such/folder.xml')).code, 2);
});
