import test from 'ava';
import { pushFiles } from '../../testing/github/git-store.ts';
import { startGithub } from '../../testing/github/github-server.ts';
import { addPull } from '../../testing/github/github-state.ts';
import { testClient } from '../../testing/github/test-client.ts';
import { openPull, pullsOfBranch, updatePull } from './own-pulls.ts';

const branch = 'rearview/promote/0123';
const pull = { branch, base: 'main', title: 'Promote', body: '<p>why</p>\n' };

async function startWithBranch(...args: Parameters<typeof startGithub>) {
  const github = await startGithub(...args);
  pushFiles(github.state, { a: '1' });
  pushFiles(github.state, { a: '2' }, branch);
  return { github, client: testClient(github) };
}

test('the pull requests of a branch are those from this repository, newest first, in any state', async (t) => {
  const { github, client } = await startWithBranch(t, { maxPerPage: 1 });
  const headBranch = branch;
  addPull(github.state, { number: 1, headBranch, state: 'closed', mergedAt: '2026-11-25T12:00:00Z' });
  addPull(github.state, { number: 2, headBranch, state: 'closed' });
  addPull(github.state, { number: 3, headBranch, headRepository: 'octo/fork-of-rules' });
  addPull(github.state, { number: 4, headBranch: 'other' });
  addPull(github.state, { number: 5, headBranch, headRepository: 'mallory/rules' });
  addPull(github.state, { number: 6, headBranch });
  const found = await pullsOfBranch(client, branch);
  t.deepEqual(
    found.map(({ number, state }) => [number, state]),
    [
      [6, 'open'],
      [2, 'closed'],
      [1, 'merged'],
    ],
  );
});

test('a pull request is opened, and changed only if its content differs', async (t) => {
  const { github, client } = await startWithBranch(t);
  const opened = await openPull(client, pull);
  const stored = github.state.pulls[0];
  t.like(stored, { title: 'Promote', body: pull.body, baseBranch: 'main', headBranch: branch });
  t.is(opened.number, stored?.number ?? 0);
  t.false(await updatePull(client, { ...opened, body: '<p>why</p>\r\n' }, pull.body));
  t.true(await updatePull(client, opened, '<p>more</p>'));
  t.is(stored?.body ?? '', '<p>more</p>');
});

for (const isServed of [true, false]) {
  test(`when the response is lost (done: ${isServed}), one pull request is open`, async (t) => {
    const { github, client } = await startWithBranch(t);
    github.faults.push({ operationId: 'pulls/create', fault: { kind: 'hang-up', isServed } });
    const opened = await openPull(client, pull);
    t.deepEqual(
      github.state.pulls.map(({ number }) => number),
      [opened.number],
    );
  });
}

test('the error for jobs that may not open pull requests names the setting, unlike that for a missing permission', async (t) => {
  const { github, client } = await startWithBranch(t);
  github.state.more('settings', () => ({ mayOpenPulls: false }));
  const error = await t.throwsAsync(openPull(client, pull), { code: 'ERR_CONFIG' });
  t.regex(error?.message ?? '', /"Allow GitHub Actions to create and approve pull requests"/);
  const { client: other } = await startWithBranch(t, { permissions: ['contents: write', 'pull-requests: read'] });
  const refused = await t.throwsAsync(openPull(other, pull), { code: 'ERR_CONFIG' });
  t.regex(refused?.message ?? '', /pull-requests: write/);
  t.notRegex(refused?.message ?? '', /Allow GitHub Actions/);
});

test('a pull request that GitHub refuses to open is reported, and not tried again', async (t) => {
  const { github, client } = await startWithBranch(t);
  await t.throwsAsync(openPull(client, { ...pull, branch: 'none' }), { code: 'ERR_STATE' });
  t.is(github.requests.filter(({ operationId }) => operationId === 'pulls/create').length, 1);
});
