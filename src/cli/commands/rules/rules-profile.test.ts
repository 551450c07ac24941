import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { createTestCli, testedRule } from '../../../testing/cli/run-cli.ts';

const quick = ['--repeat', '1', '--top', '1'];
const read = async (dir: string, file: string) => JSON.parse(await readFile(join(dir, file), 'utf8'));
const budget = (maxTimes: number) => ({ 'rearview.yaml': `profile: { maxTimes: ${maxTimes} }\n` });

test('rules profile measures rules and strings on all kinds of data, and draws a picture', async (t) => {
  const cli = await createTestCli(t);
  await cli.write({
    ...testedRule('Alpha', 'alpha'),
    ...testedRule('Beta', 'beta'),
    'files/a': 'corpus',
    'files/empty': '',
  });
  const { code, stdout, stderr } = await cli.run(
    'rules',
    'profile',
    ...quick,
    '--corpus',
    'files',
    '--out',
    'cost.svg',
  );
  t.is(code, 0, stderr);
  t.regex(stdout, /^rule +cost +ms\/MiB +slowest on +of median\n/);
  t.regex(stdout, /^(alpha|beta)\.yar:\w+ +[\d.]+× /m);
  t.regex(stdout, /^1 faster rule not listed$/m);
  t.regex(stdout, /^median: text [\d.]+ ms\/MiB, .*, corpus [\d.]+ ms\/MiB$/m);
  t.regex(stdout, /^2 rules measured$/m);
  t.regex(await readFile(join(cli.dir, 'cost.svg'), 'utf8'), /<svg [\s\S]*alpha\.yar:Alpha[\s\S]*<\/svg>\n$/);
});

test('a rule above the budget fails the gate, with the section of a review', async (t) => {
  const cli = await createTestCli(t);
  await cli.write({ ...testedRule('Alpha', 'alpha'), ...budget(0.000001) });
  const failed = await cli.run('rules', 'profile', ...quick, '--report', 'profile.json');
  t.is(failed.code, 1, failed.stderr);
  t.regex(
    failed.stdout,
    /above the budget: alpha\.yar:Alpha: [\d.]+× on \w+, and its budget is 0\.000001\n1 rule measured, 1 above the budget\n$/,
  );
  t.like(await read(cli.dir, 'profile.json'), {
    section: 'profile',
    verdict: 'failed',
    over: 1,
    maxTimes: 0.000001,
    rules: [{ rule: 'alpha.yar:Alpha', over: true }],
  });
  await cli.write(budget(1e9));
  t.is((await cli.run('rules', 'profile', ...quick)).code, 0);
});

test('only the rules that a base does not have are measured, and only those that are named', async (t) => {
  const cli = await createTestCli(t);
  await cli.write({ ...testedRule('Alpha', 'alpha'), ...testedRule('Beta', 'beta'), ...budget(1e9) });
  await cli.write({ 'old/alpha.yar': testedRule('Alpha', 'alpha')['rules/alpha.yar'] ?? '' });
  const measured = async (...args: readonly string[]) => {
    const { lines, code } = await cli.run('rules', 'profile', ...quick, '--json', ...args);
    t.is(code, 0);
    const rules: unknown = lines[0]?.['rules'];
    return Array.isArray(rules) ? rules.map(({ rule }: { rule: string }) => rule).sort() : [];
  };
  t.deepEqual(await measured('--base', 'old'), ['beta.yar:Beta']);
  t.deepEqual(await measured('--base', 'rules'), []);
  for (const name of ['Alpha', 'alpha.yar', 'alpha.yar:Alpha']) t.deepEqual(await measured(name), ['alpha.yar:Alpha']);
  const limited = await cli.run('rules', 'profile', ...quick, '--most', '1', '--report', 'profile.json');
  t.regex(limited.stderr, /1 more rule not measured/);
  t.like(await read(cli.dir, 'profile.json'), { verdict: 'unknown', measured: 1 });
  const unknown = await cli.run('rules', 'profile', 'Alpah');
  t.is(unknown.code, 2);
  t.regex(unknown.stderr, /Unknown rule, file or folder "Alpah"[\s\S]*alpha\.yar:Alpha/);
});

const publicRules = (state: string, source: string) => ({
  'rules/sources.yaml': `sources:\n  pack: { url: "../pack", state: ${state}, budget: 0.000001 }\n`,
  'rules/vendor/pack/a.yar': source,
  ...testedRule('Alpha', 'alpha'),
});
const two = 'rule One { strings: $a = "one" condition: $a }\nrule Two { strings: $a = "two" condition: $a }\n';

test('the budget of a source fails its active rules, and only reports its staged ones', async (t) => {
  const cli = await createTestCli(t);
  await cli.write(publicRules('staged', two));
  const profile = () =>
    cli.runWith(
      { env: { XDG_CACHE_HOME: join(cli.dir, 'cache') } },
      'rules',
      'profile',
      ...quick,
      '--report',
      'profile.json',
    );
  const staged = await profile();
  t.is(staged.code, 0, staged.stderr);
  t.regex(
    staged.stdout,
    /^staged, above the budget: vendor\/pack\/a\.yar:One: [\d.]+× on \w+, and its budget is 0\.000001$/m,
  );
  t.regex(staged.stdout, /\n3 rules measured, 0 above the budget, 2 staged rules above the budget\n$/);
  t.like(await read(cli.dir, 'profile.json'), { verdict: 'passed', over: 0, reported: 2, measured: 3 });
  await cli.write(publicRules('active', two));
  const active = await profile();
  t.is(active.code, 1);
  t.regex(active.stdout, /\n3 rules measured \(2 remembered\), 2 above the budget\n$/);
  t.like(await read(cli.dir, 'profile.json'), { verdict: 'failed', over: 2, reported: 0 });
});

test('a public rule that becomes active is measured although its logic is that of the base', async (t) => {
  const cli = await createTestCli(t);
  await cli.write(publicRules('staged', two));
  t.is((await cli.run('rules', 'build', '--out', 'base.ruleset')).code, 0);
  const profile = () => cli.run('rules', 'profile', ...quick, '--base', 'base.ruleset');
  t.regex((await profile()).stdout, /0 rules measured/);
  await cli.write(publicRules('active', two));
  const active = await profile();
  t.is(active.code, 1);
  t.regex(active.stdout, /2 rules measured, 2 above the budget/);
});

test('rules for which there is no time are counted, and only those that can fail leave the result open', async (t) => {
  const cli = await createTestCli(t);
  await cli.write(publicRules('staged', two));
  const run = async () => {
    const { code, stderr } = await cli.run('rules', 'profile', ...quick, '--within', '0s', '--report', 'profile.json');
    t.is(code, 0, stderr);
    t.regex(stderr, /3 more rules not measured/);
    return read(cli.dir, 'profile.json');
  };
  t.like(await run(), {
    ...{ verdict: 'passed', measured: 0 },
    notes: ['3 of 3 changed rules were not measured: they did not fit into the time or number of one run.'],
  });
  await cli.write(publicRules('active', two));
  t.like(await run(), { verdict: 'unknown' });
});

test('a rule that never ends is above every budget below its lower bound, and the others are measured', async (t) => {
  const cli = await createTestCli(t);
  const endless = 'rule Endless { condition: for all i in (0..4000000000) : (i >= 0) }';
  await cli.write({ 'rules/a.yar': `${endless}\nrule Fine { strings: $a = "fine" condition: $a }` });
  const { code, stdout, stderr } = await cli.run('rules', 'profile', '--repeat', '1', '--timeout', '300');
  t.is(code, 0, stderr);
  t.regex(stdout, /^a\.yar:Endless +[\d.]+× or more /m);
  t.regex(stdout, /^a\.yar:Fine /m);
});

test('rules that do not compile, or a corpus without files, are reported', async (t) => {
  const cli = await createTestCli(t);
  await cli.write({ ...testedRule('Alpha', 'alpha'), 'files/empty': '' });
  t.regex((await cli.run('rules', 'profile', '--corpus', 'files')).stderr, /--corpus: no file could be measured/);
  await cli.write({ 'rules/b.yar': 'rule B { condition: nope }' });
  const { code, stderr } = await cli.run('rules', 'profile', '--report', 'profile.json');
  t.is(code, 1);
  t.regex(stderr, /Nothing was measured: The rules do not compile/);
  t.like(await read(cli.dir, 'profile.json'), { section: 'left', of: 'profile', verdict: 'unknown' });
});
