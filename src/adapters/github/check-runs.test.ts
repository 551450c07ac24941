import test from 'ava';
import { startGithub } from '../../testing/github/github-server.ts';
import { testClient } from '../../testing/github/test-client.ts';
import { maxCheckSummaryLength, upsertCheckRun } from './check-runs.ts';

const headSha = 'a'.repeat(40);
const request = {
  name: 'Rearview',
  headSha,
  conclusion: 'success',
  title: 'All is well',
  summary: 'Yes.',
  run: 7,
} as const;

test('a commit has one check run of Rearview, which later runs change and earlier ones do not', async (t) => {
  const github = await startGithub(t);
  const client = testClient(github);
  t.is((await upsertCheckRun(client, request)).outcome, 'created');
  t.is((await upsertCheckRun(client, { ...request, run: 8, conclusion: 'failure' })).outcome, 'updated');
  t.is((await upsertCheckRun(client, request)).outcome, 'left');
  const [{ content } = { content: {} }, ...others] = github.state.checkRuns;
  t.deepEqual(others, []);
  t.like(content, { name: 'Rearview', conclusion: 'failure', external_id: 'rearview:8' });
});

test('a check run of another app with the same name is not changed', async (t) => {
  const github = await startGithub(t);
  const content = { name: 'Rearview', status: 'completed', conclusion: 'success', external_id: 'rearview:3' };
  github.state.checkRuns.push({ id: 1, app: 'mallory', headSha, content });
  t.is((await upsertCheckRun(testClient(github), request)).outcome, 'created');
  t.is(github.state.checkRuns[0]?.content, content);
});

test('a check run whose response was lost is not created twice', async (t) => {
  const github = await startGithub(t);
  github.faults.push({ operationId: 'checks/create', fault: { kind: 'status', status: 502, isServed: true } });
  await upsertCheckRun(testClient(github), request);
  t.is(github.state.checkRuns.length, 1);
});

test('a summary that is too long for GitHub is a bug, and a missing permission is reported', async (t) => {
  const github = await startGithub(t, { permissions: ['checks: read'] });
  const summary = 'x'.repeat(maxCheckSummaryLength + 1);
  await t.throwsAsync(upsertCheckRun(testClient(github), { ...request, summary }), { instanceOf: RangeError });
  const refused = upsertCheckRun(testClient(github), request);
  await t.throwsAsync(refused, { code: 'ERR_CONFIG', message: /checks: write/ });
});
