import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { createTestCli, testedRule } from '../../../testing/cli/run-cli.ts';

test('rules check passes good rules', async (t) => {
  const cli = await createTestCli(t);
  await cli.write(testedRule('Evil', 'evil'));
  const { code, stderr } = await cli.run('rules', 'check');
  t.is(code, 0);
  t.regex(stderr, /1 file: 0 errors/);
});

test('rules check reports problems by file, line and column, and ends with 1', async (t) => {
  const cli = await createTestCli(t);
  await cli.write({ ...testedRule('Evil', 'evil'), 'rules/bad\n.yar': '\nrule Bad { condition: foo }' });
  const { code, stdout, stderr } = await cli.run('rules', 'check');
  t.is(code, 1);
  t.regex(stdout, /^rules\/bad\\n\.yar:2:23: error: [^\n]*foo[^\n]* \[E009\]$/m);
  t.regex(stderr, /2 files: 1 error/);
  const [first] = (await cli.run('rules', 'check', '--json')).lines.filter(({ severity }) => severity === 'error');
  t.like(first, { file: 'bad\n.yar', line: 2, column: 23, code: 'E009' });
});

test('rules check takes one file, and a command that needs a folder reports that', async (t) => {
  const cli = await createTestCli(t);
  await cli.write({ 'rules/web/a.yar': 'rule A { condition: foo }', 'rules/web/b.yar': 'rule B { condition: bar }' });
  const { code, stdout, stderr } = await cli.run('rules', 'check', '--rules', 'rules/web/a.yar');
  t.is(code, 1);
  t.regex(stdout, /^rules\/web\/a\.yar:1:21: error: /m);
  t.notRegex(stdout, /b\.yar/);
  t.regex(stderr, /^1 file: 1 error/m);
  const refused = await cli.run('rules', 'test', '--rules', 'rules/web/a.yar');
  t.is(refused.code, 2);
  t.regex(refused.stderr, /a\.yar is a file: name the folder that holds it/);
});

test('warnings fail a check only with --strict', async (t) => {
  const cli = await createTestCli(t);
  await cli.write({ 'rules/bare.yar': 'rule Bare { condition: filesize == 0 }' });
  t.is((await cli.run('rules', 'check')).code, 0);
  t.is((await cli.run('rules', 'check', '--strict')).code, 1);
});

test('rules test runs all tests, or those of the files named, in three formats', async (t) => {
  const cli = await createTestCli(t);
  await cli.write({ ...testedRule('Evil', 'evil'), ...testedRule('Worse', 'worse') });
  const all = await cli.run('rules', 'test');
  t.is(all.code, 0, all.stdout);
  t.regex(all.stdout, /4 passed, 0 failed/);
  const one = await cli.run('rules', 'test', 'rules/evil.yar');
  t.regex(one.stdout, /2 passed/, one.stderr);
  t.regex(
    (await cli.run('rules', 'test', 'rule-tests/evil.yar.test.yaml', '--format', 'tap')).stdout,
    /^TAP version 14\n1\.\.2\n/,
  );
  t.is((await cli.run('rules', 'test', '--format', 'junit', '--out', 'out.xml')).stdout, '');
  t.regex(await readFile(join(cli.dir, 'out.xml'), 'utf8'), /<testsuites/);
  t.is((await cli.run('rules', 'test', 'elsewhere.yar')).code, 2);
  t.is((await cli.run('rules', 'test', 'rules/missing.yar')).code, 2);
  t.is((await cli.run('rules', 'test', '--out', 'no/such/folder.xml')).code, 2);
});

test('rules test finds files and folders from the rules folder, the tests folder and the working folder', async (t) => {
  const cli = await createTestCli(t);
  const inFolder = (files: Readonly<Record<string, string>>) =>
    Object.fromEntries(Object.entries(files).map(([path, text]) => [path.replace('/', '/web/php/'), text]));
  await cli.write({ ...testedRule('Evil', 'evil'), ...inFolder(testedRule('Worse', 'worse')) });
  const passed = async (...names: string[]) => {
    const { code, stdout, stderr } = await cli.run('rules', 'test', ...names);
    t.is(code, 0, stderr);
    return /^(\d+) passed/m.exec(stdout)?.[1];
  };
  for (const name of [
    ...['evil.yar', 'rules/evil.yar', './rules/evil.yar', join(cli.dir, 'rules/evil.yar')],
    ...['evil.yar.test.yaml', 'rule-tests/evil.yar.test.yaml'],
    ...[
      'web/php/worse.yar',
      'web/php/worse.yar.test.yaml',
      'web',
      'web/',
      'web/php',
      'rules/web',
      'rule-tests/web/php/',
    ],
  ]) {
    t.is(await passed(name), '2', name);
  }
  for (const names of [['rules'], ['rule-tests/'], ['evil.yar', 'web'], ['evil.yar', 'rules/evil.yar', 'web/php']]) {
    t.is(await passed(...names), '4', String(names));
  }
  await cli.write({ 'rules/web/notes.txt': '', 'rules/index.yar': 'include "evil.yar"' });
  for (const name of ['we', 'php', 'web/notes.txt', '..', 'rules/index.yar']) {
    const { code, stderr } = await cli.run('rules', 'test', name);
    t.is(code, 2, name);
    t.true(stderr.includes(name), stderr);
  }
});

test('rules test runs the tests with a text in their name, and suggests similar names if there is none', async (t) => {
  const cli = await createTestCli(t);
  await cli.write({
    ...testedRule('Evil', 'evil'),
    'rules/bare.yar': 'rule Bare { condition: filesize == 0 }',
    'rule-tests/bare.yar.test.yaml': `tests:
  - { name: an empty file, sample: { text: "" }, matches: [Bare] }
  - { name: an ordinary file, sample: { text: "x" }, matches: [Bare] }
`,
  });
  const named = (...args: string[]) => cli.run('rules', 'test', ...args);
  t.like(await named('--name', 'EMPTY'), { code: 0, stdout: '1 passed, 0 failed, 0 todo, in 2 files\n' });
  t.regex((await named('--name', 'hit', '--name', 'empty file')).stdout, /^2 passed, 0 failed/);
  t.regex((await named('evil.yar', '--name', 'hit')).stdout, /^1 passed, 0 failed, 0 todo, in 1 file$/m);
  t.is((await named('--name', 'ordinary')).code, 1);
  const typo = await named('--name', 'hit', '--name', 'an emty fiel');
  t.is(typo.code, 2);
  t.regex(typo.stderr, /No test has "an emty fiel" in its name\. Similar names:\n {2}"an empty file"\n$/);
  t.is((await named('evil.yar', '--name', 'empty')).code, 2);
  t.is((await named('--name', '')).code, 2);
});

test('an index of rule files is left out with a note, and its tests with a warning', async (t) => {
  const cli = await createTestCli(t);
  await cli.write({
    ...testedRule('Evil', 'evil'),
    'rules/index.yar': 'include "./evil.yar"',
    'rules/._evil.yar': Buffer.from([0, 5, 22, 7]),
    'rule-tests/index.yar.test.yaml': testedRule('Evil', 'evil')['rule-tests/evil.yar.test.yaml'] ?? '',
  });
  const check = await cli.run('rules', 'check', '--strict');
  t.is(check.code, 0);
  t.is(
    check.stderr,
    [
      'rules/._evil.yar: note: left out, because its name starts with a dot',
      'rules/index.yar: note: left out, because it only includes rule files, which are loaded on their own',
      '1 file: 0 errors, 0 warnings',
      '',
    ].join('\n'),
  );
  const tests = await cli.run('rules', 'test');
  t.is(tests.code, 0);
  t.regex(
    tests.stdout,
    /^index\.yar\.test\.yaml:0:0: warning: These tests are not run: .* \[test\/left-out\]\n2 passed, 0 failed, 0 todo, in 1 file\n$/,
  );
  t.regex(
    (await cli.run('rules', 'test', '--format', 'tap')).stdout,
    /^ok 3 - index\.yar\.test\.yaml: test\/left-out # SKIP /m,
  );
  t.regex(
    (await cli.run('rules', 'test', '--format', 'junit')).stdout,
    /tests="3" failures="0" errors="0" skipped="1"/,
  );
  await cli.write({ 'in/evil': 'evil' });
  t.is((await cli.run('scan', 'in')).stdout, 'Evil  in/evil\n');
});

test('a rule file that includes another one causes a warning, which can be suppressed', async (t) => {
  const cli = await createTestCli(t);
  const [rule = ''] = Object.values(testedRule('Evil', 'evil'));
  const including = (comment: string) =>
    `include "evil.yar" ${comment}\n${rule.replaceAll('Evil', 'Worse').replaceAll('evil', 'worse')}`;
  await cli.write({ ...testedRule('Evil', 'evil'), 'rules/worse.yar': including('') });
  t.regex(
    (await cli.run('rules', 'check')).stdout,
    /^rules\/worse\.yar:1:1: warning: evil\.yar is itself a rule file, .* \[lint\/included-rule-file\]\n$/,
  );
  await cli.write({ 'rules/worse.yar': including('// suppress: lint/included-rule-file') });
  t.is((await cli.run('rules', 'check')).stdout, '');
});

test('a failing test, a missing test and rules that do not compile end rules test with 1', async (t) => {
  const cli = await createTestCli(t);
  await cli.write({ ...testedRule('Evil', 'evil'), 'rules/untested.yar': 'rule Untested { condition: true }' });
  const untested = await cli.run('rules', 'test');
  t.is(untested.code, 1);
  t.regex(untested.stdout, /untested\.yar/);
  await cli.write({ 'rules/untested.yar': 'rule Untested { condition: foo }' });
  const broken = await cli.run('rules', 'test');
  t.is(broken.code, 1);
  t.regex(broken.stderr, /rules\/untested\.yar:1:28: error: [\s\S]*No test was run/);
});

test('rules build writes the same bytes for the same rules, except for the signature, and refuses rules that do not compile', async (t) => {
  const cli = await createTestCli(t);
  await cli.write(testedRule('Evil', 'evil'));
  const first = await cli.run('rules', 'build', '--out', 'a.bin');
  const second = await cli.run('rules', 'build', '--out', 'b.bin');
  t.is(first.code, 0);
  t.regex(first.stdout, /^[0-9a-f]{64}\n$/);
  t.is(first.stdout, second.stdout);
  t.deepEqual(await signedPart(join(cli.dir, 'a.bin')), await signedPart(join(cli.dir, 'b.bin')));
  await cli.write({ 'rules/bad.yar': 'rule Bad { condition: foo }' });
  const bad = await cli.run('rules', 'build');
  t.is(bad.code, 1);
  t.regex(bad.stderr, /rules\/bad\.yar:1:23: error/);
});

test('a rules folder that does not exist is wrong configuration', async (t) => {
  const cli = await createTestCli(t);
  for (const verb of ['check', 'test', 'build']) {
    const { code, stderr } = await cli.run('rules', verb, '--rules', 'nowhere');
    t.is(code, 2, stderr);
    t.regex(stderr, /nowhere/);
  }
});

test('doctor finds no problem in a fresh folder with good rules', async (t) => {
  const cli = await createTestCli(t);
  await cli.write(testedRule('Evil', 'evil'));
  const { code, lines } = await cli.run('doctor', '--json');
  t.is(code, 0);
  t.deepEqual(
    lines.filter(({ status }) => status === 'fail'),
    [],
  );
});

test('doctor ends with 1 and a fix if rules do not compile or the database is damaged', async (t) => {
  const cli = await createTestCli(t);
  await cli.write({ 'rules/bad.yar': 'rule Bad { condition: foo }' });
  const rules = await cli.run('doctor');
  t.is(rules.code, 1);
  t.regex(rules.stdout, /fail {2}rules .*see "rearview rules check"/);
  await cli.write({
    'rules/bad.yar': 'rule Good { condition: true }',
    '.rearview/state.db': 'no database at all'.repeat(100),
  });
  const state = await cli.run('doctor');
  t.is(state.code, 1);
  t.regex(state.stdout, /fail {2}state /);
});

test('rules diff lists added, removed, moved and edited rules, compared with a folder, a file and the active ruleset', async (t) => {
  const cli = await createTestCli(t);
  const rule = (name: string, text: string, meta = '') =>
    `rule ${name} { ${meta === '' ? '' : `meta: ${meta}`} strings: $a = "${text}" condition: $a }\n`;
  await cli.write({
    'base/a.yar':
      rule('Same', 'same') + rule('Edited', 'before') + rule('Described', 'described') + rule('Gone', 'gone'),
    'base/b.yar': rule('Moved', 'moved'),
    'rules/a.yar':
      rule('Same', 'same') + rule('Edited', 'after') + rule('Described', 'described', 'a = "b"') + rule('New', 'new'),
    'rules/c.yar': rule('Moved', 'moved'),
  });
  const expected = [
    '~ a.yar:Edited (scope unknown): $a changed',
    '    - $a = "before"',
    '    + $a = "after"',
    '= a.yar:Described: meta a (same logic)',
    '+ a.yar:New',
    '> c.yar:Moved (was b.yar:Moved; same logic)',
    '- a.yar:Gone',
    '5 changes, 1 unchanged; 2 rules need a retro scan',
    '',
  ].join('\n');
  t.is((await cli.run('rules', 'diff', '--base', 'base')).stdout, expected);
  await cli.run('rules', 'build', '--rules', 'base', '--out', 'base.bin');
  t.is((await cli.run('rules', 'diff', '--base', 'base.bin')).stdout, expected);
  t.like((await cli.run('rules', 'diff', '--json')).lines[0], { unchanged: 0 });
  t.regex((await cli.run('rules', 'diff')).stdout, /^\+ a\.yar:Same[\s\S]*5 changes, 0 unchanged; 5 rules/);
});

test('rules diff refuses a missing base; if the base does not compile, it reports that, and all rules are new', async (t) => {
  const cli = await createTestCli(t);
  await cli.write({ ...testedRule('Evil', 'evil'), 'base/bad.yar': 'rule { nonsense' });
  t.is((await cli.run('rules', 'diff', '--base', 'missing')).code, 2);
  const { code, stdout, stderr } = await cli.run('rules', 'diff', '--base', 'base');
  t.is(code, 0);
  t.regex(stderr, /^base\/bad\.yar:1:\d+: error: [\s\S]*--base: base does not compile: all rules count as new\.$/m);
  t.regex(stdout, /^\+ evil\.yar:Evil\n1 change, 0 unchanged; 1 rule/);
});

test('a file that is not a rule at all is reported, by check and lint alike', async (t) => {
  const cli = await createTestCli(t);
  await cli.write({ ...testedRule('Evil', 'evil'), 'rules/noise.yar': Buffer.from([0, 255, 34, 47, 42, 123]) });
  const { code, stdout } = await cli.run('rules', 'check');
  t.is(code, 1);
  t.regex(stdout, /^rules\/noise\.yar:\d+:\d+: error: /m);
});

/** A ruleset file without its signatures: src/rules/file/parse-ruleset-file.ts. */
async function signedPart(path: string): Promise<readonly Buffer[]> {
  const file = await readFile(path);
  const signaturesAt = 52 + file.readUInt32LE(12);
  return [file.subarray(0, 48), file.subarray(52, signaturesAt), file.subarray(signaturesAt + file.readUInt32LE(48))];
}
