import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { createTestCli } from '../../../testing/cli/run-cli.ts';

const rule = (name: string, condition = `filesize > ${name.length}`) =>
  `rule ${name} {\n  condition: ${condition}\n}\n`;
const files = { 'rules/a.yar': rule('Alpha'), 'rules/b.yar': rule('Be') };

test('after a baseline, only new findings are reported, also on other lines', async (t) => {
  const cli = await createTestCli(t);
  await cli.write(files);
  const recorded = await cli.run('rules', 'check', '--baseline');
  t.is(recorded.stdout, 'rules/lint-baseline.json: 10 warnings in 2 rules recorded\n');
  t.is(recorded.code, 0);
  const content = await readFile(join(cli.dir, 'rules/lint-baseline.json'), 'utf8');
  t.is(content.split('\n').filter((line) => line.includes('"Alpha"')).length, 5);

  await cli.write({ 'rules/a.yar': `\n\n${rule('Alpha')}` });
  const same = await cli.run('rules', 'check', '--strict', '--report', 'check.json');
  t.deepEqual([same.code, same.stdout], [0, '']);
  t.regex(same.stderr, /^rules\/lint-baseline\.json: note: 10 warnings in the baseline not shown$/m);
  t.like(JSON.parse(await readFile(join(cli.dir, 'check.json'), 'utf8')), { warnings: 0, known: 10 });

  await cli.write({ 'rules/a.yar': `${rule('Alpha')}${rule('Gamma', 'filesize > 7 and filesize < 3')}` });
  const { code, lines } = await cli.run('rules', 'check', '--strict', '--json');
  t.is(code, 1);
  t.deepEqual(
    lines.map((each) => each['code']).filter((each) => !String(each).includes('meta-')),
    ['lint/never-true'],
  );
  t.true(lines.every(({ file, line }) => file === 'a.yar' && Number(line) >= 4));
  const sarif = JSON.parse((await cli.run('rules', 'check', '--format', 'sarif')).stdout);
  t.is(sarif.runs[0].results.length, lines.length);
  t.regex(JSON.stringify(sarif.runs[0].tool.driver.rules), /docs\/reference\/lint\.md#lintnever-true/);
});

test('with --base, only warnings that the base does not have are reported, and errors always', async (t) => {
  const cli = await createTestCli(t);
  await cli.write({
    ...files,
    'rules/c.yar': rule('Broken', 'x'),
    'before/a.yar': rule('Alpha'),
    'before/b.yar': rule('Be'),
  });
  await cli.write({ 'rules/b.yar': `\n${rule('Be')}${rule('New')}` });
  const given = ['rules', 'check', '--base', 'before'];
  const { code, stdout, stderr } = await cli.run(...given, '--report', 'check.json');
  t.is(code, 1);
  t.regex(stdout, /c\.yar:\d+:\d+: error/);
  t.regex(stdout, /New/);
  t.notRegex(stdout, /Alpha|Be /);
  t.regex(stderr, /^10 warnings that the base has, too, not shown$/m);
  t.like(JSON.parse(await readFile(join(cli.dir, 'check.json'), 'utf8')), { errors: 1, known: 10 });
  await cli.write({ 'rules/c.yar': '', 'rules/b.yar': rule('Be') });
  const same = await cli.run(...given, '--strict');
  t.deepEqual([same.code, same.stdout], [0, ''], same.stderr);
  t.is((await cli.run(...given, '--baseline')).code, 2);
});

test('findings that no longer occur are a note', async (t) => {
  const cli = await createTestCli(t);
  await cli.write(files);
  await cli.run('rules', 'check', '--baseline');
  await cli.write({ 'rules/b.yar': '' });
  const { stderr, code } = await cli.run('rules', 'check', '--strict');
  t.is(code, 0);
  t.regex(
    stderr,
    /note: 5 warnings no longer occur, the first lint\/meta-author in b\.yar: run "rearview rules check --baseline" again/,
  );
  t.notRegex((await cli.run('rules', 'check', '--rules', 'rules/a.yar')).stderr, /no longer/);
});

test('errors are never recorded', async (t) => {
  const cli = await createTestCli(t);
  await cli.write({ ...files, 'rules/c.yar': 'rule c { condition: nothing }' });
  const { code, stdout, stderr } = await cli.run('rules', 'check', '--baseline');
  t.is(code, 1);
  t.regex(stdout, /^rules\/c\.yar:1:\d+: error: /);
  t.regex(stderr, /Not recorded: fix the errors above/);
  await t.throwsAsync(readFile(join(cli.dir, 'rules/lint-baseline.json')));
});

test('a baseline is of the whole folder, and invalid ones are refused', async (t) => {
  const cli = await createTestCli(t);
  await cli.write(files);
  const one = await cli.run('rules', 'check', '--baseline', '--rules', 'rules/a.yar');
  t.is(one.code, 2);
  t.regex(one.stderr, /whole rules folder/);
  t.is((await cli.run('rules', 'check', '--baseline', '--json')).code, 2);
  await cli.write({ 'rules/lint-baseline.json': '{' });
  const broken = await cli.run('rules', 'check');
  t.is(broken.code, 2);
  t.regex(broken.stderr, /lint-baseline\.json is not valid JSON/);
});

test('more than five warnings of a code are one line, and --verbose lists each', async (t) => {
  const cli = await createTestCli(t);
  const names = ['One', 'Three', 'Fourteen', 'Twenty', 'Seventy', 'Thousands', 'HundredOnes'];
  const bad = 'rule c { condition: nothing }';
  await cli.write(Object.fromEntries(names.map((name, index) => [`rules/${index}.yar`, rule(name)])));
  const { stdout, stderr } = await cli.run('rules', 'check');
  t.is(stdout.split('\n').length - 1, 5);
  t.regex(
    stdout,
    /^rules\/0\.yar:1:6: warning: 7 rules in 7 files; the first: One has no meta date \[lint\/meta-date\]$/m,
  );
  t.regex(stderr, /--verbose/);
  t.is((await cli.run('rules', 'check', '--verbose')).stdout.split('\n').length - 1, 35);
  t.is((await cli.run('rules', 'check', '--json')).lines.length, 35);
  await cli.write(Object.fromEntries(names.map((_, index) => [`rules/e${index}.yar`, bad])));
  const { stdout: withErrors } = await cli.run('rules', 'check');
  t.is(withErrors.split('\n').filter((line) => line.includes(' error: ')).length, 7);
});

test('publish and up do not report findings of the baseline', async (t) => {
  const cli = await createTestCli(t);
  await cli.write({
    'rules/a.yar': 'rule Alpha {\n  strings: $a = "attack"\n  condition: $a\n}\n',
    'rule-tests/a.yar.test.yaml':
      'tests:\n  - { name: one, sample: { text: an attack }, matches: [Alpha] }\n  - { name: two, sample: { text: x }, matches: [] }\n',
  });
  t.regex((await cli.run('publish')).stderr, /meta-author/);
  await cli.run('rules', 'check', '--baseline');
  const { stderr } = await cli.run('publish');
  t.notRegex(stderr, /meta-author/);
  t.regex(stderr, /5 warnings in the baseline/);
  const up = await cli.run('up', '--once');
  t.notRegex(up.stdout + up.stderr, /meta-author/);
});

test('a test whose sample is nothing but the strings of the rule is a warning', async (t) => {
  const cli = await createTestCli(t);
  const tests = (sample: string, comment = '') =>
    `tests:\n  ${comment}\n  - { name: one, sample: { text: "${sample}" }, matches: [Alpha] }\n  - { name: two, sample: { text: x }, matches: [] }\n`;
  await cli.write({
    'rules/a.yar': 'rule Alpha {\n  strings: $a = "attack" $b = "at dawn"\n  condition: all of them\n}\n',
  });
  const run = async (...given: Parameters<typeof tests>) => {
    await cli.write({ 'rule-tests/a.yar.test.yaml': tests(...given) });
    const { code, stdout, stderr } = await cli.run('rules', 'test');
    t.is(code, 0, stdout + stderr);
    return stdout + stderr;
  };
  t.regex(await run('attack at dawn'), /a\.yar\.test\.yaml:3:\d+: warning: .*\[lint\/own-strings\]/);
  t.notRegex(await run('they attack the gate at dawn'), /own-strings/);
  t.notRegex(await run('attack at dawn', '# suppress: lint/own-strings -- that is all there is'), /own-strings/);
  t.regex(await run('attack at dawn', '# suppress: lint/own-strings'), /own-strings/);
});
