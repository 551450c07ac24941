import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { createGitRepository } from '../../../testing/cli/git-repository.ts';
import { createTestCli, testedRule } from '../../../testing/cli/run-cli.ts';
import { filesAt, gitOf, pushFiles, updateBranch } from '../../../testing/github/git-store.ts';
import { type GithubServerOptions, startGithub } from '../../../testing/github/github-server.ts';
import { ruleFor } from '../../../testing/local/test-target.ts';

const branch = 'rearview/sync';
const gitEnv = { PATH: process.env['PATH'], GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' };

/** A rules repository with a source on the same machine, and its twin at GitHub. */
async function start(t: ExecutionContext, options: GithubServerOptions = {}) {
  const cli = await createTestCli(t);
  const github = await startGithub(t, options);
  const upstream = join(cli.dir, 'upstream');
  mkdirSync(upstream);
  const source = createGitRepository(upstream);
  const release = (files: Readonly<Record<string, string | Uint8Array | null>>) => {
    for (const [name, content] of Object.entries(files)) {
      if (content === null) rmSync(join(upstream, name));
      else writeFileSync(join(upstream, name), content);
    }
    return source.commit('release');
  };
  const files = {
    ...testedRule('Own', 'own'),
    'rules/sources.yaml': 'sources:\n  team: { url: ../upstream }\n',
    '.gitignore': 'upstream/\n*.inc\n',
  };
  await cli.write(files);
  const own = createGitRepository(cli.dir);
  own.commit('begin');
  pushFiles(github.state, files);
  const run = (...args: readonly string[]) => cli.runWith({ env: { ...gitEnv, ...github.env } }, ...args);
  /** What the workflow does. */
  const sync = async (...flags: readonly string[]) => {
    const fetched = await run('rules', 'sync');
    if (fetched.code !== 0) throw new Error(fetched.stderr);
    return run('github', 'sync', ...flags);
  };
  /** Merges the pull request at GitHub, and updates the checkout. */
  const merge = () => {
    own.commit('merge');
    const [pull] = github.state.pulls;
    if (pull === undefined) throw new Error('There is no pull request.');
    pushFiles(github.state, filesAt(gitOf(github.state), branch) ?? {});
    github.state.pulls.splice(0, 1, { ...pull, state: 'closed', mergedAt: github.state.now() });
  };
  const pulls = github.state.pulls;
  return { cli, github, release, run, sync, merge, pulls, git: gitOf(github.state) };
}

test('what was synced is proposed with exactly the files of the folder, and the changes of its rules', async (t) => {
  const { cli, release, sync, pulls, git } = await start(t);
  const latin1 = Buffer.from('// caf\xe9\nrule Second { strings: $a = "second" condition: $a }\n', 'latin1');
  const commit = release({
    'a.yar': `${ruleFor('First', 'first')}rule Broken { condition: thor }\n${ruleFor('Again', 'first')}`,
    'b.yar': latin1,
    'c.yar': 'include "ignored.inc"\nrule Third { condition: Helper }\n',
    'ignored.inc': `private ${ruleFor('Helper', 'third')}`,
  });
  const { code, stdout, stderr } = await sync();
  t.is(code, 0, stderr);
  t.regex(stdout, /^opened {2}5 files {2}https:\S+\n$/);
  t.like(pulls[0], { title: 'Update public rules', headBranch: branch, baseBranch: 'main', state: 'open' });
  const proposed = filesAt(git, branch) ?? {};
  const lock = readFileSync(join(cli.dir, 'rules/sources.lock.json'), 'utf8');
  t.is(proposed['rules/sources.lock.json'], lock);
  t.is(proposed['rules/vendor/team/b.yar'], latin1.toString('latin1'));
  t.truthy(proposed['rules/vendor/team/ignored.inc'], '.gitignore of the repository plays no part');
  const body = pulls[0]?.body ?? '';
  t.regex(body, new RegExp(`<code>team</code></td><td>none → <code>${commit.slice(0, 12)}</code>`));
  t.regex(body, /4 added, 0 changed, 0 removed/);
  t.regex(body, /public rules of 1 source: [34] added, 1 quarantined, 1 left out for equal logic/);
  t.regex(body, /Broken<\/code>/);
});

test('a second run changes nothing, and an open pull request follows the source', async (t) => {
  const { release, sync, pulls, git, github, merge } = await start(t);
  release({ 'a.yar': ruleFor('First', 'first'), 'b.yar': ruleFor('Second', 'second') });
  await sync();
  const tip = git.branches.get(branch);
  t.regex((await sync()).stdout, /^unchanged {2}/);
  t.is(git.branches.get(branch), tip);
  release({ 'a.yar': ruleFor('First', 'better'), 'b.yar': null });
  t.regex((await sync()).stdout, /^updated {2}/);
  t.deepEqual(
    Object.keys(filesAt(git, branch) ?? {}).filter((file) => file.startsWith('rules/vendor')),
    ['rules/vendor/team/a.yar'],
  );
  t.is(pulls.length, 1);
  merge();
  t.is((await sync()).stdout, 'unchanged  0 files  the rules are those of the default branch\n');
  release({ 'c.yar': ruleFor('Third', 'third') });
  t.regex((await sync()).stdout, /^opened {2}/);
  t.regex(github.state.pulls.at(-1)?.body ?? '', /1 added, 0 changed, 0 removed/);
});

test('commits of others on the branch are never overwritten', async (t) => {
  const { release, sync, github, git } = await start(t);
  release({ 'a.yar': ruleFor('First', 'first') });
  await sync();
  const edited = { ...filesAt(git, branch), 'rules/sources.yaml': 'edited' };
  pushFiles(github.state, edited, branch);
  release({ 'a.yar': ruleFor('First', 'better') });
  const { code, stdout } = await sync();
  t.is(code, 2);
  t.regex(stdout, /^left .* rearview\/sync has other commits: merge or close it first\n$/);
  t.deepEqual(filesAt(git, branch), edited);
});

test('"Update branch" of GitHub is no commit of others, and a merge that a person pushed is', async (t) => {
  const { cli, release, sync, github, git } = await start(t);
  release({ 'a.yar': ruleFor('First', 'first') });
  await sync();
  const main = { ...filesAt(git, 'main'), 'README.md': 'new' };
  pushFiles(github.state, main);
  const merged = updateBranch(github.state, branch);
  t.regex((await sync()).stdout, /^unchanged {2}/);
  t.is(git.branches.get(branch), merged);
  pushFiles(github.state, { ...main, 'README.md': 'newer' });
  updateBranch(github.state, branch);
  release({ 'a.yar': ruleFor('First', 'better') });
  t.regex((await sync()).stdout, /^updated {2}/);
  const files = filesAt(git, branch) ?? {};
  t.is(files['README.md'], 'newer');
  t.is(files['rules/vendor/team/a.yar'], readFileSync(join(cli.dir, 'rules/vendor/team/a.yar'), 'utf8'));
  updateBranch(github.state, branch, { isByGithub: false });
  release({ 'a.yar': ruleFor('First', 'best') });
  t.regex((await sync()).stdout, /^left .* rearview\/sync has other commits/);
  const commit = git.branches.get(branch);
  pushFiles(github.state, { ...files, 'rules/sources.yaml': 'edited' }, branch);
  updateBranch(github.state, branch);
  t.regex((await sync()).stdout, /^left /);
  t.not(git.branches.get(branch), commit);
});

test('a state that was declined is not proposed again, and a later one is', async (t) => {
  const { release, sync, pulls } = await start(t);
  release({ 'a.yar': ruleFor('First', 'first') });
  await sync();
  const [pull] = pulls;
  if (pull === undefined) return t.fail();
  pulls.splice(0, 1, { ...pull, state: 'closed' });
  t.regex((await sync()).stdout, /^declined .* #\d+ was closed\n$/);
  release({ 'a.yar': ruleFor('First', 'better') });
  t.regex((await sync()).stdout, /^opened {2}/);
});

test('--dry-run prints the text and writes nothing', async (t) => {
  const { release, sync, github } = await start(t);
  release({ 'a.yar': ruleFor('First', 'first') });
  const { code, stdout } = await sync('--dry-run');
  t.is(code, 0);
  t.regex(stdout, /^would be opened {2}2 files\n\n<table>[\s\S]*<code>team<\/code>/);
  t.deepEqual(
    github.requests.filter(({ method }) => method !== 'GET'),
    [],
  );
});
