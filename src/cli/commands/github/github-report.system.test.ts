import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import test, { type ExecutionContext } from 'ava';
import { formatMarker, parseMarker } from '../../../domain/pull-requests/comment-marker.ts';
import { openLocalTarget } from '../../../targets/local/local-target.ts';
import { createGitRepository } from '../../../testing/cli/git-repository.ts';
import { createTestCli, testedRule } from '../../../testing/cli/run-cli.ts';
import { runCliProcess } from '../../../testing/cli/run-cli-process.ts';
import { startGithub } from '../../../testing/github/github-server.ts';
import { addComment, addPull } from '../../../testing/github/github-state.ts';

const bot = 'github-actions[bot]';
const staged = (files: Readonly<Record<string, string>>) =>
  Object.fromEntries(
    Object.entries(files).map(([path, text]) => [
      path,
      text.replace('severity =', 'status = "staged"\n    severity ='),
    ]),
  );

/** A repository of rules with a corpus on this machine, and GitHub. */
async function createSite(t: ExecutionContext) {
  const cli = await createTestCli(t);
  const github = await startGithub(t);
  await cli.write({ '.gitignore': '.rearview\nin\n' });
  const { git, commit } = createGitRepository(cli.dir);
  const env = {
    ...github.env,
    GITHUB_RUN_ID: '77',
    GITHUB_SERVER_URL: 'https://github.example',
    GITHUB_STEP_SUMMARY: join(cli.dir, '.rearview/summary.md'),
  };
  const run = (...args: readonly string[]) => cli.runWith({ env }, ...args);
  let number = 0;
  /** Merges rules by a pull request of their own, and publishes them. */
  const merge = async (files: Readonly<Record<string, string>>) => {
    await cli.write(files);
    const sha = commit('rules');
    number += 1;
    addPull(github.state, { number, state: 'closed', mergedAt: '2026-11-25T12:00:00Z', commits: [sha] });
    const { code, stderr } = await run('publish', '--commit', sha);
    t.is(code, 0, stderr);
    return sha;
  };
  const bodies = () => github.state.comments.map(({ issue, body }) => `#${issue} ${body}`);
  const useTarget = async <T>(use: (target: Awaited<ReturnType<typeof openLocalTarget>>) => Promise<T>) => {
    const target = await openLocalTarget({ stateDir: join(cli.dir, '.rearview') });
    return use(target).finally(() => target.close());
  };
  /** Files without an event: a retro scan scans them. */
  const putCorpus = async (files: Readonly<Record<string, string>>) => {
    await cli.write(Object.fromEntries(Object.entries(files).map(([name, text]) => [`in/${name}`, text])));
    await useTarget((target) => target.setCorpusRoots([join(cli.dir, 'in')]));
  };
  return { cli, github, git, commit, run, merge, bodies, env, useTarget, putCorpus };
}

test('the pull request of a merge gets one comment with the matches of its rules, and a second run adds none', async (t) => {
  const { cli, github, run, merge, bodies, env, putCorpus } = await createSite(t);
  await putCorpus({ 'one.txt': 'evil', 'same.txt': 'evil', 'quiet.txt': 'hush', 'good.txt': 'good' });
  const sha = await merge({ ...testedRule('Evil', 'evil'), ...staged(testedRule('Hush', 'hush')) });
  const started = await run('retro', 'start', '--jobs', '1');
  t.is(started.code, 0, started.stderr);
  addPull(github.state, { number: 9, commits: [sha] });
  addComment(github.state, 1, 'octocat', `<!-- rearview:scan scan=x -->\nnot ours`);

  const result = await run('github', 'report', '--commit', sha, '--unscanned', '.rearview/unscanned.jsonl');
  t.is(result.code, 0, result.stderr);
  const scanId = started.stdout.trim();
  t.is(result.stdout, `${scanId} completed, 2 new matches; #1 created\n`);
  const [others, body = ''] = bodies();
  t.regex(others ?? '', /not ours/);
  t.is(bodies().length, 2, 'the open pull request that has the commit too is left alone');
  t.deepEqual(parseMarker(body.slice(3)), { kind: 'scan', values: { commit: sha, scan: scanId, state: 'completed' } });
  t.regex(body, /4 objects = 4 scanned/);
  t.regex(body, /evil&#46;yar&#58;Evil|evil\.yar&#58;Evil/);
  t.regex(body, /Hush<\/code> \(staged: no alert\)/);
  t.true(body.includes('href="https://github.example/octo/rules/actions/runs/77"'));
  t.true((await readFile(env.GITHUB_STEP_SUMMARY, 'utf8')).includes('4 objects'));
  t.is(await readFile(join(cli.dir, '.rearview/unscanned.jsonl'), 'utf8'), '');

  const again = await run('github', 'report', '--json', '--commit', sha, '--unscanned', '.rearview/unscanned.jsonl');
  t.like(again.lines[0], { scanId, state: 'completed', comments: [{ pull: 1, outcome: 'unchanged' }] });
  // A job that runs again scans again, and finds all done.
  await run('retro', 'start');
  const repeated = await run('github', 'report', '--json', '--commit', sha, '--unscanned', '.rearview/unscanned.jsonl');
  t.like(repeated.lines[0], { scanId, state: 'completed', comments: [{ outcome: 'unchanged' }] });
  t.is(bodies()[1], body, 'what was found stays said');
});

test('without a pull request, only the summary of the job reports', async (t) => {
  const { run, merge, github, bodies, env } = await createSite(t);
  const sha = await merge(testedRule('Evil', 'evil'));
  github.state.pulls.length = 0;
  await run('retro', 'start');
  const { code, stderr } = await run('github', 'report', '--commit', sha);
  t.is(code, 0, stderr);
  t.regex(stderr, /No pull request has the commit/);
  t.deepEqual(bodies(), []);
  t.regex(await readFile(env.GITHUB_STEP_SUMMARY, 'utf8'), /Retro scan of/);
});

test('a scan that is not done in time is reported so, and the scheduled job reports how it ended', async (t) => {
  const { run, merge, bodies, github, useTarget, putCorpus } = await createSite(t);
  await putCorpus({ 'one.txt': 'evil' });
  const sha = await merge(testedRule('Evil', 'evil'));
  const scanId = (await run('retro', 'start', '--no-wait')).stdout.trim();
  const early = await run('github', 'report', '--commit', sha, '--wait', '50ms');
  t.is(early.code, 0, early.stderr);
  t.regex(early.stdout, / running, 0 new matches; #1 created/);
  t.regex(bodies()[0] ?? '', /state=running[\s\S]*This comment is updated when it finishes/);
  const tooEarly = await run('github', 'report', '--unfinished');
  t.is(tooEarly.code, 0);
  t.is(tooEarly.stdout, '');
  t.regex(tooEarly.stderr, new RegExp(`#1: ${scanId} is running`));

  // Markers of other authors, and invalid markers, are ignored.
  const mark = (values: Readonly<Record<string, string>>) => `${formatMarker({ kind: 'scan', values })}\ntext`;
  const values = { commit: sha, scan: scanId, state: 'running' };
  addComment(github.state, 2, 'octocat', mark(values));
  addComment(github.state, 3, bot, mark({ ...values, scan: '../secret' }));
  addComment(github.state, 4, bot, mark({ ...values, commit: 'HEAD' }));
  addComment(github.state, 5, bot, mark({ ...values, scan: 'retro-20200101T000000-000000' }));
  const others = bodies().slice(1);

  t.is((await run('retro', 'start', '--jobs', '1')).stdout.trim(), scanId);
  const late = await run('github', 'report', '--unfinished');
  t.is(late.code, 2, 'a scan that is gone is a problem, and no reason not to tell of the others');
  t.regex(late.stderr, /#5: Unknown scan retro-20200101T000000-000000/);
  t.is(late.stdout, `${scanId} completed, 1 new matches; #1 updated\n`);
  t.regex(bodies()[0] ?? '', /state=completed[\s\S]*<strong>1 new match</);
  t.deepEqual(bodies().slice(1), others);
  github.state.comments.splice(1);
  t.is((await run('github', 'report', '--unfinished')).stdout, '', 'what has ended is not told again');

  const stale = await run('github', 'report', '--commit', sha, '--wait', '1s');
  t.regex(stale.stdout, /#1 unchanged/);
  await useTarget(async ({ state }) => t.is((await state.scans.get(scanId))?.state, 'completed'));
});

test('a scan that was cancelled by hand, or failed, is reported as such, and ends with 1', async (t) => {
  const { run, merge, bodies, useTarget } = await createSite(t);
  const sha = await merge(testedRule('Evil', 'evil'));
  const scanId = (await run('retro', 'start', '--no-wait')).stdout.trim();
  await run('github', 'report', '--commit', sha, '--wait', '1ms');
  await run('retro', 'cancel', scanId);
  const result = await run('github', 'report', '--unfinished');
  t.is(result.code, 1, result.stderr);
  t.regex(bodies()[0] ?? '', /state=cancelled[\s\S]*<strong>The scan was cancelled<\/strong>[\s\S]*retro start/);

  const other = (await run('retro', 'start', '--no-wait')).stdout.trim();
  const error = '</code> @octocat ::error::';
  await useTarget(({ state }) =>
    state.scans.setState(other, ['running'], 'failed', { at: new Date().toISOString(), error }),
  );
  const failed = await run('github', 'report', '--commit', sha);
  t.is(failed.code, 1);
  t.regex(bodies()[0] ?? '', /state=failed[\s\S]*<strong>The scan failed<\/strong>: <code>(?!<)/);
  t.false((bodies()[0] ?? '').includes('@octocat'));
});

test('if a later merge took over, both pull requests report the scan that covers both', async (t) => {
  const { run, merge, bodies, putCorpus } = await createSite(t);
  await putCorpus({ 'one.txt': 'evil', 'two.txt': 'other' });
  const first = await merge(testedRule('Evil', 'evil'));
  const early = (await run('retro', 'start', '--no-wait')).stdout.trim();
  const second = await merge(testedRule('Other', 'other'));
  const late = (await run('retro', 'start', '--jobs', '1')).stdout.trim();
  for (const sha of [first, second]) t.is((await run('github', 'report', '--commit', sha)).code, 0);
  const [one = '', two = ''] = bodies();
  t.regex(one, new RegExp(`scan=${early} state=completed`));
  t.regex(one, /another ruleset became active/);
  t.regex(two, new RegExp(`scan=${late} state=completed`));
  for (const body of [one, two]) t.regex(body, /<strong>2 new matches<\/strong>/);
});

test('two merges that one run published both report its matches, although the scan of the second run had no work', async (t) => {
  const { cli, github, commit, run, merge, bodies, putCorpus } = await createSite(t);
  await putCorpus({ 'one.txt': 'evil', 'two.txt': 'other' });
  await cli.write(testedRule('Evil', 'evil'));
  const first = commit('first');
  addPull(github.state, { number: 50, state: 'closed', mergedAt: '2026-11-25T12:00:00Z', commits: [first] });
  const second = await merge(testedRule('Other', 'other'));
  const scanId = (await run('retro', 'start', '--jobs', '1')).stdout.trim();
  t.is((await run('github', 'report', '--commit', first)).code, 0);
  t.regex((await run('publish', '--commit', second)).stdout, /active already/);
  t.not((await run('retro', 'start', '--jobs', '1')).stdout.trim(), scanId);
  t.like((await run('github', 'report', '--commit', second, '--json')).lines[0], { scanId });
  for (const body of bodies()) t.regex(body, /<strong>2 new matches<\/strong>/);

  // A merge that changes no rule has found nothing, and does not claim what others found.
  await cli.write({ 'rule-tests/README': 'Tests' });
  const third = commit('third');
  addPull(github.state, { number: 51, state: 'closed', mergedAt: '2026-11-25T12:00:00Z', commits: [third] });
  t.regex((await run('publish', '--commit', third)).stdout, /active already/);
  await run('retro', 'start', '--jobs', '1');
  t.is((await run('github', 'report', '--commit', third)).code, 0);
  t.regex(bodies()[2] ?? '', /^#51 [\s\S]*No new matches/);
  t.like((await run('github', 'report', '--commit', second, '--json')).lines[0], { scanId }, 'as before');
});

test('a merge whose scan failed reports the scan that was started again', async (t) => {
  const { run, merge, bodies, useTarget } = await createSite(t);
  const sha = await merge(testedRule('Evil', 'evil'));
  const failed = (await run('retro', 'start', '--no-wait')).stdout.trim();
  await useTarget(({ state }) =>
    state.scans.setState(failed, ['running'], 'failed', { at: new Date().toISOString(), error: 'out of luck' }),
  );
  const again = (await run('retro', 'start', '--jobs', '1')).stdout.trim();
  t.not(again, failed);
  t.is((await run('github', 'report', '--commit', sha)).code, 0);
  t.regex(bodies()[0] ?? '', new RegExp(`scan=${again} state=completed`));
});

test('if a rollback took over, its pull request lists the rules that were not scanned', async (t) => {
  const { run, merge, bodies, putCorpus } = await createSite(t);
  await putCorpus({ 'one.txt': 'evil', 'two.txt': 'other' });
  await merge(testedRule('Evil', 'evil'));
  await run('retro', 'start', '--jobs', '1');
  const second = await merge(testedRule('Other', 'other'));
  await run('retro', 'start', '--no-wait');
  await run('github', 'report', '--commit', second, '--wait', '1ms');
  t.is((await run('ruleset', 'rollback')).code, 0);
  await run('retro', 'start', '--jobs', '1');
  const result = await run('github', 'report', '--unfinished');
  t.is(result.code, 0, result.stderr);
  const [body = ''] = bodies();
  t.regex(body, /state=completed[\s\S]*not with all rules of this merge[\s\S]*<strong>1 rule of this merge/);
  t.regex(body, /not part of the scan that took over[\s\S]*<li><code>other\.yar&#58;Other/);
  t.notRegex(body, /has been scanned with the rules of this merge/);
});

test('a job that dies while it waits has reported the running scan, and the scheduled job reports its end, with its ledger', async (t) => {
  const { cli, env, run, merge, bodies, putCorpus } = await createSite(t);
  await putCorpus({ 'one.txt': 'evil' });
  const sha = await merge(testedRule('Evil', 'evil'));
  const scanId = (await run('retro', 'start', '--no-wait')).stdout.trim();
  const isReported = async () => {
    while (bodies().length === 0) await sleep(20);
  };
  const killed = await runCliProcess(['github', 'report', '--commit', sha, '--wait', '4m'], {
    ...{ cwd: cli.dir, env, until: isReported() },
  });
  t.is(killed.code, -1, killed.stderr);
  t.regex(bodies()[0] ?? '', /state=running/);
  await run('retro', 'start', '--jobs', '1');
  const late = await run('github', 'report', '--unfinished', '--unscanned', 'ledger.jsonl');
  t.is(late.stdout, `${scanId} completed, 1 new matches; #1 updated\n`);
  t.regex(bodies()[0] ?? '', /actions\/runs\/77/);
  t.is(await readFile(join(cli.dir, 'ledger.jsonl'), 'utf8'), '');
});

test('a commit whose ruleset was never active reports the later one', async (t) => {
  const { cli, github, run, merge, bodies, git, commit } = await createSite(t);
  await cli.write(testedRule('Evil', 'evil'));
  const first = commit('first');
  addPull(github.state, { number: 50, state: 'closed', mergedAt: '2026-11-25T12:00:00Z', commits: [first] });
  const second = await merge(testedRule('Other', 'other'));
  git('checkout', '--quiet', first);
  t.regex((await run('publish', '--commit', first)).stdout, /superseded/);
  await run('retro', 'start');
  const { code, stdout, stderr } = await run('github', 'report', '--commit', first);
  t.is(code, 0, stderr);
  t.regex(stdout, /completed.*#50 created/);
  t.regex(bodies()[0] ?? '', new RegExp(`later=${second}[\\s\\S]*that of a later merge`));

  git('checkout', '--quiet', 'main');
  await cli.write(testedRule('Third', 'third'));
  const unpublished = commit('third');
  const none = await run('github', 'report', '--commit', unpublished);
  t.is(none.code, 2);
  t.regex(none.stderr, /No ruleset of the commit .* "rearview publish --commit/);
});

test('the target of a rollback does not count as the change of a commit', async (t) => {
  const { run, merge } = await createSite(t);
  await merge(testedRule('Evil', 'evil'));
  const second = await merge(testedRule('Other', 'other'));
  t.is((await run('ruleset', 'rollback')).code, 0);
  await run('retro', 'start');
  const { code, stderr } = await run('github', 'report', '--commit', second);
  t.is(code, 2);
  t.regex(stderr, /No retro scan of the whole corpus was started with the ruleset of the commit/);
});

test('wrong usage is reported', async (t) => {
  const { run, merge } = await createSite(t);
  const sha = await merge(testedRule('Evil', 'evil'));
  for (const [args, what] of [
    [['--unfinished', '--commit', sha], /takes neither --commit nor --wait/],
    [['--commit', sha, '--since', '1d'], /goes with --unfinished/],
    [['--commit', sha, '--wait', '5'], /Invalid duration/],
    [[], /GITHUB_SHA is not set/],
  ] as const) {
    const { code, stderr } = await run('github', 'report', ...args);
    t.is(code, 2);
    t.regex(stderr, what);
  }
});
