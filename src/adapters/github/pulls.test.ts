import test from 'ava';
import { type GithubServer, startGithub } from '../../testing/github/github-server.ts';
import { addPull } from '../../testing/github/github-state.ts';
import { testClient } from '../../testing/github/test-client.ts';
import { pullFiles, pullsOfCommit, pullsOfRun, type RunHead } from './pulls.ts';

const sha = 'a'.repeat(40);
const run = { headSha: sha, headBranch: 'topic', headRepository: 'octo/rules', pulls: [5] };
const fork = { ...run, headRepository: 'mallory/rules', pulls: [] };

async function numbers(github: GithubServer, head: RunHead): Promise<readonly number[]> {
  return (await pullsOfRun(testClient(github), head)).map(({ number }) => number);
}

test('the pull request of a branch of the repository is the one that the run names, open or not, moved on or not', async (t) => {
  const github = await startGithub(t);
  const stored = addPull(github.state, { number: 5, headSha: 'c'.repeat(40) });
  const [open] = await pullsOfRun(testClient(github), run);
  t.like(open, { number: 5, isOpen: true, headSha: 'c'.repeat(40), headRepository: 'octo/rules' });
  stored.state = 'closed';
  const [closed] = await pullsOfRun(testClient(github), run);
  t.like(closed, { number: 5, isOpen: false });
});

test('all open pull requests of one branch count, including those of a fork', async (t) => {
  const github = await startGithub(t);
  addPull(github.state, { number: 4, state: 'closed' });
  addPull(github.state, { number: 5 });
  addPull(github.state, { number: 6, baseBranch: 'release' });
  addPull(github.state, { number: 8, headRepository: 'mallory/rules' });
  addPull(github.state, { number: 9, headRepository: 'mallory/rules', baseBranch: 'release' });
  t.deepEqual(await numbers(github, { ...run, pulls: [6, 4, 5] }), [5, 6]);
  t.deepEqual(await numbers(github, fork), [8, 9]);
});

test('the pull request of a fork is the open one from that branch of that fork at that commit', async (t) => {
  const github = await startGithub(t, { maxPerPage: 1 });
  const from = { headRepository: 'mallory/rules' };
  addPull(github.state, { number: 1, ...from, headSha: 'c'.repeat(40) });
  addPull(github.state, { number: 2, ...from, state: 'closed' });
  addPull(github.state, { number: 3, ...from, headBranch: 'other' });
  addPull(github.state, { number: 4, headRepository: 'mallory/other-fork' });
  addPull(github.state, { number: 5, headRepository: null });
  addPull(github.state, { number: 6 });
  t.deepEqual(await numbers(github, fork), []);
  addPull(github.state, { number: 7, ...from });
  t.deepEqual(await numbers(github, fork), [7]);
});

test('a number whose pull request comes from elsewhere, or does not exist, is ignored', async (t) => {
  const github = await startGithub(t);
  addPull(github.state, { number: 5, headRepository: 'mallory/rules' });
  t.deepEqual(await numbers(github, run), []);
  t.deepEqual(await numbers(github, { ...run, pulls: [77] }), []);
});

test('the files of a pull request are read from all pages, including previous names of renamed files', async (t) => {
  const github = await startGithub(t, { maxPerPage: 3 });
  const files = Array.from({ length: 7 }, (_, at) => `rules/${at}.yar`);
  addPull(github.state, { number: 5, files: [...files, { from: '.github/a', to: 'b' }] });
  const read = await pullFiles(testClient(github), 5);
  t.deepEqual(read, { paths: [...files, 'b', '.github/a'], isWhole: true });
});

test('an incomplete file list of a large pull request is reported', async (t) => {
  const github = await startGithub(t);
  addPull(github.state, { number: 5, files: Array.from({ length: 3100 }, (_, at) => `rules/${at}.yar`) });
  t.false((await pullFiles(testClient(github), 5)).isWhole);
});

test('the merged pull request of a commit comes first', async (t) => {
  const github = await startGithub(t);
  addPull(github.state, { number: 5, commits: [sha] });
  addPull(github.state, { number: 6, commits: [sha], state: 'closed', mergedAt: '2026-11-25T12:00:00Z' });
  addPull(github.state, { number: 7, headSha: 'c'.repeat(40) });
  const found = await pullsOfCommit(testClient(github), sha);
  t.deepEqual(
    found.map(({ number }) => number),
    [6, 5],
  );
});
