import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { reviewSectionSchema } from '../../../pull-requests/section.ts';
import { createTestCli, type TestCli } from '../../../testing/cli/run-cli.ts';
import { ruleFor } from '../../../testing/local/test-target.ts';

const sources = (loud: string) => `sources:
  quiet: { url: https://example.com/quiet }
  loud: { url: https://example.com/loud, state: ${loud} }
`;

/** Two sources with a rule that matches goodware and one that does not. */
async function startCli(t: ExecutionContext, loud = 'active'): Promise<TestCli> {
  const cli = await createTestCli(t);
  await cli.write({
    'rearview.yaml': 'goodware: { places: { good: [files] } }\n',
    'rules/sources.yaml': sources(loud),
    'rules/vendor/quiet/a.yar': `${ruleFor('Quiet_FP', 'fine')}${ruleFor('Quiet', 'nowhere')}`,
    'rules/vendor/loud/b.yar': `${ruleFor('Loud_FP', 'good')}${ruleFor('Loud', 'nothing')}`,
    ...{ 'files/a': 'good and fine', 'files/b': 'good' },
  });
  return cli;
}

const gate = (cli: TestCli, ...flags: readonly string[]) =>
  cli.run('rules', 'goodware', 'good', '--jobs', '1', ...flags);

test('a public rule that alerts and matches goodware fails; a staged one is reported; both by source', async (t) => {
  const cli = await startCli(t);
  const { code, stdout } = await gate(cli, '--report', 'out.json');
  t.is(code, 1);
  t.regex(stdout, /^Public rules that match goodware:\nloud: 1 alerting, 0 staged\n/);
  t.regex(stdout, /\nvendor\/loud\/b\.yar:Loud_FP +alerts +2 +files\/a +[0-9a-f]{64}\n/);
  t.regex(stdout, /\nTo leave out those that alert, add to rules\.exclude of loud in sources\.yaml: Loud_FP\n/);
  t.regex(stdout, /\nvendor\/quiet\/a\.yar:Quiet_FP +staged +1 +files\/a /);
  t.regex(
    stdout,
    /failed: 4 rules over 2 files .*; 0 matches .*; 4 public rules: 1 alerting and 1 staged match goodware\n$/,
  );
  const section = reviewSectionSchema.parse(JSON.parse(await readFile(join(cli.dir, 'out.json'), 'utf8')));
  t.like(section, { verdict: 'failed', failing: 0, hits: [], public: { rules: 4, failing: 1, staged: 1 } });
});

test('what the report advises leaves the rule out, and staged rules alone pass', async (t) => {
  const cli = await startCli(t);
  await cli.write({
    'rules/sources.yaml': sources('active, rules: { exclude: [Loud_FP] }'),
  });
  const { code, stdout } = await gate(cli);
  t.is(code, 0, stdout);
  t.regex(stdout, /passed: 3 rules/);
  await cli.write({ 'rules/sources.yaml': sources('staged') });
  t.is((await gate(cli)).code, 0);
});

test('a source that becomes active is measured, though no logic changed', async (t) => {
  const cli = await startCli(t, 'staged');
  t.is((await cli.run('rules', 'build', '--out', 'base.ruleset')).code, 0);
  t.regex((await gate(cli, '--base', 'base.ruleset')).stdout, /passed: 0 rules/);
  await cli.write({ 'rules/sources.yaml': sources('active') });
  const { code, stdout } = await gate(cli, '--base', 'base.ruleset');
  t.is(code, 1);
  t.regex(stdout, /failed: 2 rules .* 2 public rules: 1 alerting and 0 staged match/);
});

test('the second run remembers public rules, and finds the same', async (t) => {
  const cli = await startCli(t);
  const first = await gate(cli, '--json');
  const second = await gate(cli, '--json');
  t.like(first.lines[0], { public: { remembered: 0 } });
  t.like(second.lines[0], { verdict: 'failed', files: 2, bytes: 17, public: { remembered: 4 } });
  t.is(second.stdout.replace('"remembered":4', '"remembered":0'), first.stdout);
  await cli.write({ 'files/a': 'bad', 'files/b': 'bad' });
  t.like((await gate(cli, '--json')).lines[0], { verdict: 'passed', public: { remembered: 0, failing: 0 } });
});

test('an exception covers a match of a public rule, also of a remembered one', async (t) => {
  const cli = await startCli(t);
  await gate(cli);
  const expires = new Date(Date.now() + 90 * 86_400_000).toISOString().slice(0, 10);
  const exception = `{ rule: Loud_FP, path: "files/*", reason: quoted, expires: ${expires} }`;
  await cli.write({ 'rule-tests/goodware-exceptions.yaml': `- ${exception}\n` });
  const { code, stdout } = await gate(cli);
  t.is(code, 0, stdout);
  t.false(stdout.includes('was not needed'), stdout);
});

test('hashes in the meta of public rules are not checked', async (t) => {
  const cli = await startCli(t, 'staged');
  const md5 = '755f85c2723bb39381c7379a604160d8'; // of "good"
  await cli.write({ 'rules/vendor/quiet/a.yar': ruleFor('Claims', 'nowhere', `hash = "${md5}"`) });
  t.like((await gate(cli, '--json')).lines[0], { verdict: 'passed', hashes: [] });
});
