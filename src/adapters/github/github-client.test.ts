import { createServer } from 'node:http';
import test from 'ava';
import { type GithubServer, startGithub } from '../../testing/github/github-server.ts';
import { addPull } from '../../testing/github/github-state.ts';
import { testClient } from '../../testing/github/test-client.ts';
import { listenOnLoopback } from '../../testing/http/listen-on-loopback.ts';
import { fetchWhole } from './fetch-whole.ts';
import type { GithubClient } from './github-client.ts';

function showPull(client: GithubClient) {
  return client.call({ what: 'show #5', needs: 'pull-requests: read' }, (octokit, repo) =>
    octokit.rest.pulls.get({ ...repo, pull_number: 5 }),
  );
}

async function githubWithPull(t: Parameters<typeof startGithub>[0]): Promise<GithubServer> {
  const github = await startGithub(t);
  addPull(github.state, { number: 5 });
  return github;
}

test('a read request is repeated up to three times if GitHub fails or closes the connection', async (t) => {
  const github = await githubWithPull(t);
  github.faults.push({ fault: { kind: 'status', status: 502 } }, { fault: { kind: 'hang-up' } });
  t.is((await showPull(testClient(github))).data.number, 5);
  t.is(github.requests.length, 3);
  github.faults.push({ fault: { kind: 'status', status: 500 }, times: 10 });
  const error = await t.throwsAsync(showPull(testClient(github)), { code: 'ERR_UNAVAILABLE' });
  t.regex(error?.message ?? '', /GitHub would not show #5 \(500: .*run this again later/);
  t.is(github.requests.length, 7);
});

test('a request with an incomplete or missing response is repeated', async (t) => {
  const github = await githubWithPull(t);
  github.faults.push({ fault: { kind: 'cut-off' } }, { fault: { kind: 'silence' } });
  t.is((await showPull(testClient(github, { timeoutMs: 3_000 }))).data.number, 5);
  t.is(github.requests.length, 3);
});

test('a response above the limit is refused, and the request not repeated', async (t) => {
  const github = await githubWithPull(t);
  await t.throwsAsync(showPull(testClient(github, { maxAnswerBytes: 100 })), {
    code: 'ERR_STATE',
    message: /413: The response has more than 100 bytes\./,
  });
  t.is(github.requests.length, 1);
  t.is((await showPull(testClient(github, { maxAnswerBytes: 1_000_000 }))).data.number, 5);
});

test('no response is read beyond the limit: endless JSON, and errors of any type', async (t) => {
  let sent = 0;
  const server = createServer((request, response) => {
    response.writeHead(request.url === '/error' ? 500 : 200, {
      'content-type': request.url === '/error' ? 'text/html' : 'application/json',
    });
    const more = () => {
      if (response.destroyed) return;
      sent += 10_000;
      if (sent > 100_000_000) return t.fail('all of it was read');
      if (response.write(' '.repeat(10_000))) setImmediate(more);
      else response.once('drain', more);
    };
    more();
  });
  const port = await listenOnLoopback(t, server);
  for (const path of ['', 'error']) {
    const answer = await fetchWhole(60_000, 50_000)(`http://127.0.0.1:${port}/${path}`);
    t.is(answer.status, 413);
    t.regex(await answer.text(), /more than 50000 bytes/);
  }
});

test('a rate limit that ends soon is waited for; the error for a long one names its end', async (t) => {
  const github = await githubWithPull(t);
  const lines: string[] = [];
  github.faults.push({ fault: { kind: 'rate-limit', seconds: 20 } });
  t.is((await showPull(testClient(github, { log: (line) => lines.push(line) }))).data.number, 5);
  t.regex(lines.join(), /^GitHub's rate limit was reached: waiting 2\d s\.$/);
  github.faults.push({ fault: { kind: 'rate-limit', seconds: 3000 } });
  await t.throwsAsync(showPull(testClient(github)), {
    code: 'ERR_UNAVAILABLE',
    message: /until 20\d\d-\d\d-\d\dT[\d:]+Z/,
  });
  t.is(github.requests.length, 3);
});

test('a secondary rate limit is waited for as long as GitHub requests, otherwise a minute, and not at all if that is too long', async (t) => {
  const github = await githubWithPull(t);
  const lines: string[] = [];
  const client = testClient(github, { log: (line) => lines.push(line) });
  github.faults.push(
    { fault: { kind: 'secondary-limit', seconds: 2 } },
    { fault: { kind: 'secondary-limit', seconds: null } },
  );
  await showPull(client);
  t.deepEqual(
    lines.map((line) => /waiting (\d+)/.exec(line)?.[1]),
    ['2', '60'],
  );
  github.faults.push({ fault: { kind: 'secondary-limit', seconds: 600 } });
  await t.throwsAsync(showPull(client), { code: 'ERR_UNAVAILABLE', message: /rate limit applies until/ });
  t.is(github.requests.length, 4);
});

test('a limit in the format of older servers is not a missing permission', async (t) => {
  const github = await githubWithPull(t);
  for (const seconds of [30, null]) {
    github.faults.push({ fault: { kind: 'abuse', seconds } });
    const error = await t.throwsAsync(showPull(testClient(github)), { code: 'ERR_UNAVAILABLE' });
    t.regex(error?.message ?? '', /rate limit applies until/);
  }
});

test('a missing resource, a missing permission and a missing server have their own errors', async (t) => {
  const github = await startGithub(t, { permissions: ['checks: write'] });
  await t.throwsAsync(showPull(testClient(github)), {
    code: 'ERR_CONFIG',
    message: /"permissions: pull-requests: read"/,
  });
  const empty = await startGithub(t);
  await t.throwsAsync(showPull(testClient(empty)), { code: 'ERR_NOT_FOUND', message: /the token has no access/ });
  const nowhere = testClient(empty, { apiUrl: 'http://127.0.0.1:1', retries: 1 });
  await t.throwsAsync(showPull(nowhere), { code: 'ERR_UNAVAILABLE', message: /would not show #5/ });
});

test('no error contains the token', async (t) => {
  const github = await startGithub(t);
  const error = await t.throwsAsync(showPull(testClient(github, { token: 'ghs_secret' })), { code: 'ERR_CONFIG' });
  t.notRegex(`${error?.message} ${error?.stack}`, /ghs_secret/);
});
