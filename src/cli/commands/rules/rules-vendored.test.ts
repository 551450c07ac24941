import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { reviewSectionSchema } from '../../../pull-requests/section.ts';
import { loadRuleset } from '../../../rules/ruleset-file.ts';
import { createTestCli, testedRule } from '../../../testing/cli/run-cli.ts';

const pack = {
  'rules/sources.yaml': `sources:
  first: { url: https://example.com/first, severity: high }
  second: { url: https://example.com/second, state: active }
  third: { url: https://example.com/third, state: off }
`,
  'rules/vendor/first/a.yar': `rule Quiet { strings: $a = "quiet" condition: $a }
rule Broken { condition: thor }
rule Needs_Broken { condition: Broken }
`,
  'rules/vendor/second/a.yar': `rule Loud { strings: $a = "loud" condition: $a }
rule Loud_Again { strings: $a = "loud" condition: $a }
rule Mine_Too { strings: $a = "mine" condition: $a }
`,
  'rules/vendor/third/a.yar': 'rule Off { condition: nothing }',
};

test('public rules need no tests, and each that is left out is reported with its place and reason', async (t) => {
  const cli = await createTestCli(t);
  await cli.write({ ...testedRule('Mine', 'mine'), ...pack });
  const { code, stdout, stderr } = await cli.run('rules', 'check', '--report', 'check.json');
  t.is(code, 0, stdout);
  t.deepEqual(stderr.trim().split('\n').slice(0, 5), [
    'rules/vendor/third: note: left out, because the state of the source third is off in sources.yaml',
    'rules/vendor/first/a.yar:2:26: note: Broken is quarantined: unknown identifier `thor`: this identifier has not been declared [E009]',
    'rules/vendor/first/a.yar:3:32: note: Needs_Broken is quarantined: it needs the rule Broken, which is quarantined [E009]',
    'rules/vendor/second/a.yar:2:6: note: Loud_Again is left out: it matches exactly what vendor/second/a.yar:Loud does [duplicate-logic]',
    'rules/vendor/second/a.yar:3:6: note: Mine_Too is left out: it matches exactly what mine.yar:Mine does [duplicate-logic]',
  ]);
  const section = reviewSectionSchema.parse(JSON.parse(await readFile(join(cli.dir, 'check.json'), 'utf8')));
  t.like(section, { section: 'check', verdict: 'passed', leftOut: { quarantined: 2, duplicates: 2 } });
  t.is((await cli.run('rules', 'check', '--strict')).code, 1);
  t.is((await cli.run('rules', 'test')).code, 0);
});

test('a published ruleset has the public rules as their sources want them, and knows what was left out', async (t) => {
  const cli = await createTestCli(t);
  await cli.write({ ...testedRule('Mine', 'mine'), ...pack });
  t.is((await cli.run('publish')).code, 0);
  t.is((await cli.run('rules', 'build', '--out', 'built.bin')).code, 0);
  const { ruleset } = loadRuleset(await readFile(join(cli.dir, 'built.bin')), { trustImage: true });
  t.deepEqual(
    ruleset.rules.map(({ name, meta }) => [
      name,
      ...meta.filter(({ identifier }) => /^(?:status|severity)$/.test(identifier)).map(({ value }) => value),
    ]),
    [['Mine', 'high'], ['Quiet', 'high', 'staged'], ['Loud']],
  );
  const [quiet] = (await cli.run('rules', 'staged', '--json')).lines;
  t.like(quiet, { rule: 'vendor/first/a.yar:Quiet' });
  await cli.write({ 'files/a': 'quiet', 'files/b': 'loud' });
  const scan = await cli.run('scan', '--rules', 'rules', 'files');
  t.is(scan.code, 0);
  t.regex(scan.stderr, /2 public rules quarantined/);
});

test('what an own file includes from a public one is an error of its own, as anywhere else', async (t) => {
  const cli = await createTestCli(t);
  await cli.write({
    'rules/vendor/p/lat.inc': Buffer.from('private rule P { strings: $a = "caf\xe9" condition: $a }', 'latin1'),
    'rules/own/lat.yar': 'include "vendor/p/lat.inc"\nrule Own { condition: P }',
    'rules/vendor/p/gate.inc': 'include "gone.inc"',
    'rules/own/gate.yar': 'include "vendor/p/gate.inc"\nrule Gated { condition: true }',
  });
  const { code, stdout } = await cli.run('rules', 'check');
  t.is(code, 1);
  t.regex(stdout, /^rules\/vendor\/p\/lat\.inc:1:\d+: error: the file is not UTF-8/m);
  t.regex(stdout, /^rules\/vendor\/p\/gate\.inc:1:1: error: include "gone\.inc"/m);
});

test('a public file whose include is missing is left out: the include may hold its rules back', async (t) => {
  const cli = await createTestCli(t);
  await cli.write({
    ...testedRule('Mine', 'mine'),
    'rules/vendor/p/a.yar': 'include "globals.inc"\nrule Everything { strings: $a = "x" condition: $a }',
    'files/x': 'x',
  });
  const { stderr } = await cli.run('rules', 'check');
  t.regex(stderr, /Everything is quarantined: include "globals\.inc"/);
  t.notRegex((await cli.run('scan', '--rules', 'rules', 'files')).stdout, /Everything/);
});

test('a staged rule never takes the place of one that alerts', async (t) => {
  const cli = await createTestCli(t);
  const rule = (name: string) => `rule ${name} { strings: $a = "evil" condition: $a }`;
  await cli.write({
    'rules/sources.yaml':
      'sources:\n  a: { url: https://x.invalid/a, state: staged }\n  b: { url: https://x.invalid/b, state: active }\n',
    'rules/vendor/a/x.yar': rule('Quiet'),
    'rules/vendor/b/x.yar': rule('Loud'),
  });
  t.regex(
    (await cli.run('rules', 'check')).stderr,
    /Quiet is left out: it matches exactly what vendor\/b\/x\.yar:Loud/,
  );
});

test('a global rule that a source does not take stays as a gate, and reports nothing', async (t) => {
  const cli = await createTestCli(t);
  await cli.write({
    'rules/sources.yaml': 'sources:\n  c: { url: https://x.invalid/c, state: active, rules: { exclude: ["Gate*"] } }\n',
    'rules/vendor/c/x.yar': 'global rule Gate { condition: filesize > 1 } rule Other { condition: true }',
    'files/long': 'xx',
    'files/short': 'x',
  });
  t.is((await cli.run('rules', 'build', '--out', 'built.bin')).code, 0);
  const { stdout } = await cli.run('scan', '--ruleset', 'built.bin', 'files');
  t.deepEqual(stdout.trim().split(/\s+/), ['Other', 'files/long']);
});

test('a test of a public rule that is left out is skipped with a warning, and blocks nothing', async (t) => {
  const cli = await createTestCli(t);
  const tests = (name: string) => `tests:\n  - { name: one, sample: { text: x }, matches: [${name}] }\n`;
  await cli.write({
    ...testedRule('Mine', 'mine'),
    'rules/vendor/p/a.yar': 'rule Broken { condition: thor } rule Fine { strings: $a = "x" condition: $a }',
    'rule-tests/vendor/p/a.yar.test.yaml': `${tests('Broken')}  - { name: two, sample: { text: x }, matches: [Fine] }\n`,
    'rules/vendor/p/gone.yar': 'rule Gone { condition: thor }',
    'rule-tests/vendor/p/gone.yar.test.yaml': tests('Gone'),
  });
  const { code, stdout, stderr } = await cli.run('rules', 'test');
  t.is(code, 0, stdout + stderr);
  t.regex(stdout, /^3 passed, 0 failed/m);
  const warned = await cli.run('publish');
  t.is(warned.code, 0);
  t.regex(
    warned.stderr,
    /a\.yar\.test\.yaml:2:0: warning: This test is not run: vendor\/p\/a\.yar:Broken is left out, because unknown/,
  );
  t.regex(
    warned.stderr,
    /gone\.yar\.test\.yaml:0:0: warning: These tests are not run: no rule of vendor\/p\/gone\.yar/,
  );
});

test('a scan with a folder gives public rules the severity and state of their source', async (t) => {
  const cli = await createTestCli(t);
  await cli.write({ ...testedRule('Mine', 'mine'), ...pack, 'files/b': 'quiet' });
  const { lines } = await cli.run('scan', '--rules', 'rules', '--json', 'files');
  const matches = lines.flatMap(({ matches: found }) => (Array.isArray(found) ? found : []));
  t.like(matches[0], { rule: 'Quiet', meta: { severity: 'high', status: 'staged' } });
});

test('a public file cannot include one of another source, nor an own file one of a source that is off', async (t) => {
  const cli = await createTestCli(t);
  await cli.write({
    ...pack,
    'rules/vendor/first/b.yar': 'include "../second/a.yar"\nrule Thief { condition: Loud }',
    'rules/own.yar': 'include "vendor/third/a.yar"\nrule Own { condition: true }',
  });
  const { code, stdout, stderr } = await cli.run('rules', 'check');
  t.is(code, 1);
  t.regex(stderr, /Thief is quarantined: include "\.\.\/second\/a\.yar" leads to another source/);
  t.regex(
    stdout,
    /^rules\/own\.yar:1:1: error: include "vendor\/third\/a\.yar" leads to a source whose state is off in sources\.yaml/m,
  );
});

test('if all rules are left out, every command reports it in the same words', async (t) => {
  const cli = await createTestCli(t);
  await cli.write({ 'rules/vendor/p/a.yar': 'rule Broken { condition: thor }', 'files/a': 'x' });
  for (const args of [['publish'], ['rules', 'build'], ['scan', '--rules', 'rules', 'files']]) {
    const { code, stderr } = await cli.run(...args);
    t.is(code, 2, args.join(' '));
    t.regex(stderr, /All rules below \S+ are left out: "rearview rules check" lists the reasons\./);
  }
});

test('without sources, folders that were copied by hand are not compared with a lock', async (t) => {
  const cli = await createTestCli(t);
  await cli.write({ 'rules/vendor/by-hand/a.yar': 'rule A { condition: false }' });
  t.like(await cli.run('rules', 'sync', '--check'), { code: 0, stdout: 'rules/vendor is as locked\n' });
  await cli.write({ 'rules/sources.yaml': 'sources:\n  p: { url: https://example.com/p }\n' });
  t.is((await cli.run('rules', 'sync', '--check')).code, 1);
});
