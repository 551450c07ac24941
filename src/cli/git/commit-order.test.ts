import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { createGitRepository } from '../../testing/cli/git-repository.ts';
import { tempFolder } from '../../testing/temp-folder.ts';
import { createCommitOrder } from './commit-order.ts';

const context = { env: {}, signal: new AbortController().signal };
const unknown = 'f'.repeat(40);

test('a commit is contained only in itself and its descendants', async (t) => {
  const dir = tempFolder(t);
  const { git, commit } = createGitRepository(dir);
  const [first, second] = [commit('first'), commit('second')];
  git('checkout', '--quiet', '-b', 'aside', first);
  const aside = commit('aside');
  git('checkout', '--quiet', 'main');
  git('merge', '--quiet', '--no-ff', '--message=merge', 'aside');
  const merge = git('rev-parse', 'HEAD');
  mkdirSync(join(dir, 'rules'));
  const { isContainedIn } = createCommitOrder(context, join(dir, 'rules'));
  const within: string[] = [];
  const all = { first, second, aside, merge };
  for (const [name, sha] of Object.entries(all)) {
    for (const [other, by] of Object.entries(all)) if (await isContainedIn(sha, by)) within.push(`${name} ${other}`);
  }
  t.deepEqual(within, [
    ...['first first', 'first second', 'first aside', 'first merge'],
    ...['second second', 'second merge', 'aside aside', 'aside merge', 'merge merge'],
  ]);
});

test('an unknown commit is an error that names what to fetch', async (t) => {
  const dir = tempFolder(t);
  const { commit, git } = createGitRepository(dir);
  const known = commit('first');
  const { isContainedIn } = createCommitOrder(context, dir);
  for (const [a, b] of [
    [known, unknown],
    [unknown, known],
  ] as const) {
    const error = await t.throwsAsync(isContainedIn(a, b), { code: 'ERR_STATE' });
    t.regex(error.message, new RegExp(`does not know the commit ${unknown}[\\s\\S]*fetch origin ${unknown}`));
  }
  await t.throwsAsync(
    isContainedIn(known, git('rev-parse', 'HEAD^{tree}')),
    { code: 'ERR_STATE' },
    'a tree is not a commit',
  );
  await t.throwsAsync(isContainedIn(known, '--help'), { message: /is not a commit/ });
});

test('in a shallow clone, a negative result is not trusted if history may be missing', async (t) => {
  const dir = tempFolder(t);
  const origin = join(dir, 'origin');
  mkdirSync(origin);
  const { commit, git } = createGitRepository(origin);
  const [first, second, third] = [commit('first'), commit('second'), commit('third')];
  git('config', 'uploadpack.allowAnySHA1InWant', 'true');
  const shallow = join(dir, 'shallow');
  execFileSync('git', ['clone', '--quiet', '--depth=1', `file://${origin}`, shallow]);
  const { isContainedIn } = createCommitOrder(context, shallow);
  await t.throwsAsync(isContainedIn(first, third), { message: /does not know the commit/ });
  // Both commits are known, but not the history between them.
  execFileSync('git', ['-C', shallow, 'fetch', '--quiet', '--depth=1', 'origin', first]);
  for (const [a, b] of [
    [first, third],
    [third, first],
  ] as const) {
    await t.throwsAsync(isContainedIn(a, b), { code: 'ERR_STATE', message: /has not fetched the history between/ });
  }
  execFileSync('git', ['-C', shallow, 'fetch', '--quiet', '--deepen=1', 'origin']);
  t.true(await isContainedIn(second, third), 'a yes is true whatever was fetched');
  t.false(await isContainedIn(third, second));
  execFileSync('git', ['-C', shallow, 'fetch', '--quiet', '--unshallow', 'origin']);
  t.true(await isContainedIn(first, third));
  t.false(await isContainedIn(third, first));
});

test('a missing repository is reported', async (t) => {
  const { isContainedIn } = createCommitOrder(context, tempFolder(t));
  t.true(await isContainedIn(unknown, unknown), 'for that nobody is asked');
  await t.throwsAsync(isContainedIn(unknown, 'e'.repeat(40)), { code: 'ERR_CONFIG', message: /not a git repository/i });
});
