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
  'rules/vendor/second/a.yar': `rule Same { strings: $a = "quiet" condition: $a }
rule Loud { strings: $a = "loud" condition: $a }
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
    'rules/vendor/second/a.yar:1:6: note: Same is left out: it matches exactly what vendor/first/a.yar:Quiet does [duplicate-logic]',
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
