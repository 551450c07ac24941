import test from 'ava';
import { startGithub } from '../../testing/github/github-server.ts';
import { addComment } from '../../testing/github/github-state.ts';
import { testClient } from '../../testing/github/test-client.ts';
import { upsertComment } from './comments.ts';

const us = 'github-actions[bot]';
const marker = { kind: 'review', values: { run: '7' } };
const request = { pull: 5, marker, body: 'All is well.' };
const posted = '<!-- rearview:review run=7 -->\nAll is well.';

test('the first call creates the comment; later calls change it in place, and only if it differs', async (t) => {
  const github = await startGithub(t);
  const client = testClient(github);
  addComment(github.state, 5, 'octocat', 'Nice rule.');
  t.is((await upsertComment(client, request)).outcome, 'created');
  t.is((await upsertComment(client, request)).outcome, 'unchanged');
  const changed = await upsertComment(client, { ...request, body: 'It is not.' });
  t.is(changed.outcome, 'updated');
  t.deepEqual(
    github.state.comments.map(({ login, body }) => [login, body]),
    [
      ['octocat', 'Nice rule.'],
      [us, '<!-- rearview:review run=7 -->\nIt is not.'],
    ],
  );
  t.regex(changed.url, /\/pull\/5#issuecomment-\d+$/);
  t.is(github.requests.filter(({ method }) => method !== 'GET').length, 2);
});

test('the comment is found on any page', async (t) => {
  const github = await startGithub(t, { maxPerPage: 2 });
  for (let count = 0; count < 5; count += 1) addComment(github.state, 5, 'octocat', `comment ${count}`);
  const ours = addComment(github.state, 5, us, '<!-- rearview:review run=6 -->\nold');
  t.is((await upsertComment(testClient(github), request)).outcome, 'updated');
  t.is(ours.body, posted);
});

test('a comment with the marker and another author, or none, is not changed', async (t) => {
  const github = await startGithub(t);
  const forged = [addComment(github.state, 5, 'mallory', posted), addComment(github.state, 5, null, posted)];
  t.is((await upsertComment(testClient(github), { ...request, body: 'New.' })).outcome, 'created');
  t.deepEqual([...new Set(forged.map(({ body }) => body))], [posted]);
  t.is(github.state.comments.length, 3);
});

test('a marker that is not at the start, or of another kind, does not identify the comment', async (t) => {
  const github = await startGithub(t);
  addComment(github.state, 5, us, `> quoted\n${posted}`);
  addComment(github.state, 5, us, '<!-- rearview:infrastructure run=7 -->\nStack.');
  addComment(github.state, 6, us, posted);
  t.is((await upsertComment(testClient(github), request)).outcome, 'created');
});

test('a comment that is deleted meanwhile is created again', async (t) => {
  const github = await startGithub(t);
  addComment(github.state, 5, us, '<!-- rearview:review run=6 -->\nold');
  github.beforeNext('issues/update-comment', (state) => void state.comments.splice(0));
  t.is((await upsertComment(testClient(github), request)).outcome, 'created');
  t.deepEqual(
    github.state.comments.map(({ body }) => body),
    [posted],
  );
});

test('the first of two comments stays and the other is deleted, even if another process deletes it first', async (t) => {
  const github = await startGithub(t);
  const first = addComment(github.state, 5, us, `${marked(6)}one`);
  for (const text of ['two', 'three']) addComment(github.state, 5, us, `${marked(6)}${text}`);
  github.beforeNext('issues/delete-comment', (state) => void state.comments.splice(1, 1));
  t.is((await upsertComment(testClient(github), request)).id, first.id);
  t.deepEqual(
    github.state.comments.map(({ id }) => id),
    [first.id],
  );
});

test('a comment that was created although the response was lost is not created twice', async (t) => {
  for (const fault of [
    { kind: 'status', status: 502, isServed: true },
    { kind: 'hang-up', isServed: true },
  ] as const) {
    const github = await startGithub(t);
    github.faults.push({ operationId: 'issues/create-comment', fault });
    const { outcome } = await upsertComment(testClient(github), request);
    t.is(outcome, 'unchanged', fault.kind);
    t.is(github.state.comments.length, 1, fault.kind);
  }
});

test('a comment that GitHub failed to create is created by the next attempt, and repeated failure is an error', async (t) => {
  const github = await startGithub(t);
  const fault = { kind: 'status', status: 503 } as const;
  github.faults.push({ operationId: 'issues/create-comment', fault, times: 2 });
  t.is((await upsertComment(testClient(github), request)).outcome, 'created');
  github.faults.push({ operationId: 'issues/create-comment', fault, times: 50 });
  const failing = upsertComment(testClient(github), { ...request, pull: 6 });
  await t.throwsAsync(failing, { code: 'ERR_UNAVAILABLE', message: /would not comment on #6 \(503/ });
});

test('a comment that a rate limit refused is created after it', async (t) => {
  const github = await startGithub(t);
  github.faults.push(
    { operationId: 'issues/create-comment', fault: { kind: 'secondary-limit', seconds: 2 } },
    { operationId: 'issues/create-comment', fault: { kind: 'rate-limit', seconds: 3 } },
  );
  const waits: string[] = [];
  const client = testClient(github, { log: (line) => waits.push(line) });
  t.is((await upsertComment(client, request)).outcome, 'created');
  t.is(github.state.comments.length, 1);
  t.is(waits.length, 2);
});

test('two simultaneous runs leave at most one extra comment, and the next one deletes it', async (t) => {
  const github = await startGithub(t, { latencyMs: 20 });
  await Promise.all([upsertComment(testClient(github), request), upsertComment(testClient(github), request)]);
  const [first] = github.state.comments;
  await upsertComment(testClient(github), request);
  t.deepEqual(
    github.state.comments.map(({ id }) => id),
    [first?.id ?? 0],
  );
});

test('a newer comment may be left unchanged', async (t) => {
  const github = await startGithub(t);
  const newer = addComment(github.state, 5, us, `${marked(9)}newer`);
  const mayReplace = ({ run }: Readonly<Record<string, string>>) => Number(run) <= 7;
  t.is((await upsertComment(testClient(github), { ...request, mayReplace })).outcome, 'left');
  t.is(newer.body, `${marked(9)}newer`);
});

test('a personal token changes the comments of its user', async (t) => {
  const github = await startGithub(t, { tokens: { token: 'octocat' } });
  addComment(github.state, 5, us, `${marked(6)}of the job`);
  const own = addComment(github.state, 5, 'octocat', `${marked(6)}old`);
  t.is((await upsertComment(testClient(github), request)).id, own.id);
});

test('the error for a token without permission, or an invalid one, names what is missing', async (t) => {
  const github = await startGithub(t, { permissions: ['pull-requests: read'] });
  await t.throwsAsync(upsertComment(testClient(github), request), {
    code: 'ERR_CONFIG',
    message: /would not comment on #5 \(403.*"permissions: pull-requests: write"/,
  });
  await t.throwsAsync(upsertComment(testClient(github, { token: 'stale' }), request), {
    code: 'ERR_CONFIG',
    message: /GITHUB_TOKEN is invalid/,
  });
});

function marked(run: number): string {
  return `<!-- rearview:review run=${run} -->\n`;
}
