import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import test, { type ExecutionContext } from 'ava';
import { openLocalTarget } from '../../../targets/local/local-target.ts';
import { createTestCli, type TestCli, testedRule } from '../../../testing/cli/run-cli.ts';
import { filesAt, gitOf, pushFiles } from '../../../testing/github/git-store.ts';
import { type GithubServer, type GithubServerOptions, startGithub } from '../../../testing/github/github-server.ts';
import { stagedRule } from '../../../testing/rules/staged-rule.ts';

type Files = Readonly<Record<string, string>>;

/** Limits that make rules due at once, without waiting. */
const atOnce = 'staged: { soakDays: 0.0000001, leastHits: 0 }\n';

async function start(t: ExecutionContext, files: Files, options: GithubServerOptions = {}) {
  const cli = await createTestCli(t);
  const github = await startGithub(t, options);
  await cli.write({ ...files, 'rearview.yaml': atOnce });
  const published = await cli.run('publish');
  if (published.code !== 0) throw new Error(published.stderr);
  // No match of a rule means something only if objects arrived.
  await arrive(cli, ['harmless']);
  pushFiles(github.state, { ...files, 'README.md': 'x' });
  const promote = (...args: string[]) => cli.runWith({ env: github.env }, 'github', 'promote', ...args);
  const writes = () => github.requests.filter(({ method }) => method !== 'GET').map(({ operationId }) => operationId);
  return { cli, github, promote, writes, git: gitOf(github.state), pulls: github.state.pulls };
}

/** Uploads contents, and has them scanned as they arrive. */
async function arrive({ dir }: TestCli, contents: readonly string[]): Promise<void> {
  const target = await openLocalTarget({ stateDir: join(dir, '.rearview'), jobs: 1 });
  const pipeline = await target.startPipeline();
  try {
    for (const content of contents) await target.corpus.put(`in/${content}`, Buffer.from(content));
    const arrived = async () => (await target.state.scans.list({ kind: 'live', limit: 1 }))[0]?.counts.objects ?? 0;
    while ((await arrived()) < contents.length) await sleep(10);
  } finally {
    await pipeline.stop();
    await target.close();
  }
}

/** The branch of the only pull request, and the files that it changes. */
function proposed({ state }: GithubServer): {
  readonly branch: string;
  readonly changed: Readonly<Record<string, string | undefined>>;
} {
  const [pull, ...others] = state.pulls;
  if (pull === undefined || others.length > 0) throw new Error(`There are ${state.pulls.length} pull requests.`);
  const git = gitOf(state);
  const [before = {}, after = {}] = [filesAt(git, 'main'), filesAt(git, pull.headBranch)];
  const paths = new Set([...Object.keys(before), ...Object.keys(after)]);
  const changed = [...paths].flatMap((path) => (before[path] === after[path] ? [] : [[path, after[path]] as const]));
  return { branch: pull.headBranch, changed: Object.fromEntries(changed) };
}

const quiet = stagedRule('Quiet', 'quiet');
const quietRule = quiet['rules/quiet.yar'] ?? '';
const promotedRule = testedRule('Quiet', 'quiet')['rules/quiet.yar'] ?? '';

test('a rule that was staged long enough is promoted by a pull request that only removes that line', async (t) => {
  const { github, promote, pulls, git } = await start(t, { ...quiet, ...testedRule('Loud', 'loud') });
  const { code, stdout, stderr } = await promote();
  t.is(code, 0, stderr);
  t.regex(stdout, /^promote {2}quiet\.yar:Quiet {2}opened {2}https:\S+\n$/);
  const { branch, changed } = proposed(github);
  t.regex(branch, /^rearview\/promote\/[0-9a-f]{12}$/);
  t.deepEqual(changed, { 'rules/quiet.yar': promotedRule });
  t.like(pulls[0], { title: 'Promote the staged rule Quiet', baseBranch: 'main', state: 'open' });
  t.regex(pulls[0]?.body ?? '', /<code>quiet\.yar&#58;Quiet<\/code>[\s\S]*It has not matched so far/);
  t.is(git.commits.get(git.branches.get(branch) ?? '')?.parents[0], git.branches.get('main') ?? '');
});

test('a second run updates only the body of an open pull request, and opens no second one', async (t) => {
  const { cli, promote, pulls, writes, git } = await start(t, quiet);
  await promote();
  const tip = git.branches.get(pulls[0]?.headBranch ?? '');
  const before = writes().length;
  await cli.write({ 'rearview.yaml': 'staged: { soakDays: 0.0000001, leastHits: 7 }\n' });
  t.regex((await promote()).stdout, /^promote {2}quiet\.yar:Quiet {2}updated {2}https:\S+\n$/);
  t.deepEqual(writes().slice(before), ['pulls/update']);
  t.regex(pulls[0]?.body ?? '', /so it is 7 objects/);
  t.is(pulls.length, 1);
  t.is(git.branches.get(pulls[0]?.headBranch ?? ''), tip);
});

test('a closed pull request is opened again only for other logic', async (t) => {
  const { cli, github, promote, pulls } = await start(t, quiet);
  await promote();
  for (const pull of pulls) pull.state = 'closed';
  const { code, stdout } = await promote();
  t.is(code, 0);
  t.regex(stdout, /^promote {2}quiet\.yar:Quiet {2}declined {2}\S+ {2}#\d+ was closed\n$/);
  t.is(pulls.length, 1);
  const changed = stagedRule('Quiet', 'quieter');
  await cli.write(changed);
  t.is((await cli.run('publish')).code, 0);
  pushFiles(github.state, changed);
  t.regex((await promote()).stdout, /opened/);
  t.is(pulls.length, 2);
});

test('after a merged pull request, a rule that is staged again is proposed again', async (t) => {
  const { promote, pulls } = await start(t, quiet);
  await promote();
  for (const pull of pulls) Object.assign(pull, { state: 'closed', mergedAt: '2026-11-25T12:00:00Z' });
  t.regex((await promote()).stdout, /opened/);
});

test('a branch that a run left before it opened anything is used again', async (t) => {
  const { github, promote, pulls, git, writes } = await start(t, quiet);
  github.faults.push({ operationId: 'pulls/create', fault: { kind: 'rate-limit', seconds: 3000 } });
  const { code, stderr } = await promote();
  t.is(code, 75);
  t.regex(stderr, /rate limit .* until/);
  t.is(git.branches.size, 2);
  const before = writes().length;
  t.is((await promote()).code, 0);
  t.deepEqual(writes().slice(before), ['git/create-tree', 'pulls/create']);
  t.is(pulls.length, 1);
});

test('the change applies to the current branch; a rule that differs from the evaluated one is not proposed', async (t) => {
  const { github, promote, pulls } = await start(t, quiet);
  const cases: readonly (readonly [Files, RegExp])[] = [
    [{}, /left {2}rules\/quiet\.yar is not on main/],
    [{ 'rules/quiet.yar': promotedRule }, /left {2}it is not staged on main any more/],
    [{ 'rules/quiet.yar': quietRule.replace('"quiet"', '"quieter"') }, /left {2}its logic has changed on main/],
    [
      { 'rules/quiet.yar': quietRule.replace('rule Quiet', 'rule Renamed') },
      /left {2}it is not in rules\/quiet\.yar on main/,
    ],
    [{ 'rules/quiet.yar': `include "x.yar"\n${quietRule}` }, /left {2}rules\/quiet\.yar takes in other files/],
  ];
  for (const [files, expected] of cases) {
    pushFiles(github.state, files);
    const { code, stdout } = await promote();
    t.is(code, 0);
    t.regex(stdout, expected);
    t.is(pulls.length, 0);
  }
  const moved = `// since then\n\n${quietRule.replace('author =', 'author="x" reference =')}rule Other { condition: true }\n`;
  pushFiles(github.state, { 'rules/quiet.yar': moved });
  t.regex((await promote()).stdout, /opened/);
  t.deepEqual(proposed(github).changed, { 'rules/quiet.yar': moved.replace('    status = "staged"\n', '') });
});

test('a rule that left its band is removed with its tests, and a promotion that is open reports it', async (t) => {
  const { cli, github, promote, pulls } = await start(t, { ...quiet, ...testedRule('Loud', 'loud') });
  await promote();
  await arrive(cli, ['quiet one', 'quiet two']);
  const { code, stdout, stderr } = await promote();
  t.is(code, 0, stderr);
  t.regex(
    stdout,
    /^promote \(not due\) {2}quiet\.yar:Quiet {2}updated {2}\S+\nremove {2}quiet\.yar:Quiet {2}opened {2}\S+\n$/,
  );
  t.regex(pulls[0]?.body ?? '', /Do not merge this now:<\/strong> the rule now matches more/);
  t.regex(pulls[1]?.body ?? '', /<code>in&#47;quiet two|<code>in\/quiet two/);
  t.is(pulls[1]?.title, 'Remove the staged rule Quiet');
  github.state.pulls.shift();
  t.deepEqual(proposed(github).changed, { 'rules/quiet.yar': undefined, 'rule-tests/quiet.yar.test.yaml': undefined });
});

test('only that rule is removed from its file, with its tests; a rule that others need stays', async (t) => {
  const needing = quietRule
    .replace('rule Quiet', 'rule Needing')
    .replace('    status = "staged"\n', '')
    .replace(/\$a\n\}/, '$a and Quiet\n}');
  const tests = `tests:
  - { name: quiet, sample: { text: quiet }, matches: [Quiet] }
  # Of the other.
  - { name: other, sample: { text: other }, matches: [Other] }
  - { name: none, sample: { text: none }, matches: [] }
`;
  const other = testedRule('Other', 'other')['rules/other.yar'] ?? '';
  const files = { 'rules/quiet.yar': `${quietRule}\n${other}`, 'rule-tests/quiet.yar.test.yaml': tests };
  const { cli, github, promote, pulls } = await start(t, files);
  await arrive(cli, ['quiet one']);
  pushFiles(github.state, { ...files, 'rules/quiet.yar': `${quietRule}\n${needing}` });
  const { code, stdout } = await promote();
  t.is(code, 0);
  t.regex(stdout, /^remove {2}quiet\.yar:Quiet {2}left {2}other rules need it: Needing\n$/);
  t.is(pulls.length, 0);
  pushFiles(github.state, files);
  t.is((await promote()).code, 0);
  t.deepEqual(proposed(github).changed, {
    'rules/quiet.yar': other,
    'rule-tests/quiet.yar.test.yaml': tests.replace(/.*quiet.*\n/, ''),
  });
});

test('a dry run writes nothing, neither on GitHub nor in the target, and prints what it would propose', async (t) => {
  const { promote, writes, pulls } = await start(t, quiet);
  const { code, stdout } = await promote('--dry-run');
  t.is(code, 0);
  t.regex(stdout, /^promote {2}quiet\.yar:Quiet {2}would be opened\n\n<h3>/);
  t.deepEqual(writes(), []);
  t.is(pulls.length, 0);
});

test('a dry run shows what a run would do with an open pull request, however GitHub stores line ends', async (t) => {
  const { promote, pulls } = await start(t, quiet);
  await promote();
  const [open] = pulls;
  if (open === undefined) throw new Error('Nothing was opened.');
  open.body = (open.body ?? '').trimEnd().replaceAll('\n', '\r\n');
  t.regex((await promote('--dry-run')).stdout, /^promote {2}quiet\.yar:Quiet {2}unchanged {2}https:/);
  open.body = 'of somebody';
  t.regex((await promote('--dry-run')).stdout, /^promote {2}quiet\.yar:Quiet {2}would be updated {2}https:/);
});

test('a rule that soaks is reported, and nothing else', async (t) => {
  const { cli, promote, writes } = await start(t, quiet);
  await cli.write({ 'rearview.yaml': 'staged: { soakDays: 3 }\n' });
  const { code, stdout } = await promote();
  t.is(code, 0);
  t.is(stdout, 'soaking  quiet.yar:Quiet  0.0 of 3 days\n');
  t.deepEqual(writes(), []);
});

test('folders elsewhere in the repository are found relative to the current folder; those outside it are refused', async (t) => {
  const { cli, github } = await start(t, quiet);
  const files = Object.fromEntries(Object.entries(quiet).map(([path, content]) => [`detect/${path}`, content]));
  pushFiles(github.state, files);
  await cli.write(files);
  const args = ['--rules', 'detect/rules', '--tests', 'detect/rule-tests', 'github', 'promote'];
  t.is((await cli.runWith({ env: github.env }, ...args)).code, 0);
  t.deepEqual(Object.keys(proposed(github).changed), ['detect/rules/quiet.yar']);
  const outside = await cli.runWith(
    { env: github.env, cwd: join(cli.dir, 'detect') },
    '--state',
    '../.rearview',
    '--rules',
    '../rules',
    'github',
    'promote',
  );
  t.is(outside.code, 2);
  t.regex(outside.stderr, /--rules: .* is not in the repository/);
});

test('if jobs may not open pull requests, or the token lacks a permission, the message names the fix', async (t) => {
  const { github, promote } = await start(t, quiet);
  github.state.more('settings', () => ({ mayOpenPulls: false }));
  const { code, stderr } = await promote();
  t.is(code, 2);
  t.regex(stderr, /turn on "Allow GitHub Actions to create and approve pull requests"/);
  const poor = await start(t, quiet, { permissions: ['contents: read', 'pull-requests: write'] });
  const refused = await poor.promote();
  t.is(refused.code, 2);
  t.regex(refused.stderr, /contents: write/);
});

test('a file that the command cannot edit does not prevent proposals for other rules', async (t) => {
  const { cli, github, promote, pulls } = await start(t, { ...quiet, ...stagedRule('Silent', 'silent') });
  await arrive(cli, ['quiet one']);
  pushFiles(github.state, {
    ...{ ...quiet, ...stagedRule('Silent', 'silent'), 'rule-tests/quiet.yar.test.yaml': 'tests: 3\n' },
    'rules/quiet.yar': `${quietRule}rule Other { condition: true }\n`,
  });
  const { code, stdout, stderr } = await promote();
  t.is(code, 2);
  t.regex(stderr, /quiet\.yar:Quiet: .*by hand/);
  t.regex(stdout, /promote {2}silent\.yar:Silent {2}opened/);
  t.is(pulls.length, 1);
});
