import test from 'ava';
import { filesAt, gitOf, pushFiles } from '../../testing/github/git-store.ts';
import { startGithub } from '../../testing/github/github-server.ts';
import { testClient } from '../../testing/github/test-client.ts';
import { branchTip, defaultBranch, putBranch } from './branches.ts';
import { readFileAt } from './read-file.ts';

const files = { 'rules/a b/é.yar': 'rule a\r\n', 'rules/b.yar': 'rule b', 'README.md': 'x' };
const branch = 'rearview/promote/0123';

async function startWithFiles(...args: Parameters<typeof startGithub>) {
  const github = await startGithub(...args);
  pushFiles(github.state, files);
  const client = testClient(github);
  const base = await branchTip(client, 'main');
  if (base === null) throw new Error('There is no branch main.');
  const put = (changed: Readonly<Record<string, string | Uint8Array | null>>, on = base) =>
    putBranch(client, { branch, base: on, message: 'Change', files: new Map(Object.entries(changed)) });
  const writes = () => github.requests.filter(({ method }) => method !== 'GET').map(({ operationId }) => operationId);
  return { github, client, base, put, writes, git: gitOf(github.state) };
}

test('files are read from a commit, byte for byte; a missing file is null', async (t) => {
  const { client, base, git } = await startWithFiles(t);
  t.is(await defaultBranch(client), 'main');
  for (const [path, content] of Object.entries(files)) t.is(await readFileAt(client, path, base.sha), content);
  t.is(await readFileAt(client, 'rules/c.yar', base.sha), null);
  t.is(await branchTip(client, branch), null);
  t.is(base.sha, git.branches.get('main') ?? '');
});

test('a file that is too large or not text is left for manual editing', async (t) => {
  const { github, client } = await startWithFiles(t);
  const sha = pushFiles(github.state, { 'a.yar': 'x'.repeat(1024 * 1024 + 1) });
  await t.throwsAsync(readFileAt(client, 'a.yar', sha), { code: 'ERR_STATE', message: /too large/ });
});

test('a change is one commit on the base, on a separate branch, and affects no other file', async (t) => {
  const { put, git, base } = await startWithFiles(t);
  await put({ 'rules/b.yar': 'rule c', 'rules/a b/é.yar': null });
  t.deepEqual(filesAt(git, branch), { 'README.md': 'x', 'rules/b.yar': 'rule c' });
  t.deepEqual(git.commits.get(git.branches.get(branch) ?? '')?.parents, [base.sha]);
  t.deepEqual(filesAt(git, 'main'), { ...files });
});

test('bytes that are no text arrive as they are, and many files go in several requests', async (t) => {
  const { put, git, writes } = await startWithFiles(t);
  const many = Object.fromEntries(Array.from({ length: 450 }, (_, index) => [`v/${index}.yar`, `rule r${index}`]));
  const latin1 = new Uint8Array([0x63, 0x61, 0x66, 0xe9]);
  await put({ ...many, 'v/l.yar': latin1, 'v/u.yar': Buffer.from('é'), 'rules/b.yar': null });
  const { 'rules/b.yar': _, ...kept } = files;
  t.deepEqual(filesAt(git, branch), { ...kept, ...many, 'v/l.yar': 'caf\u00e9', 'v/u.yar': 'é' });
  t.is(writes().filter((each) => each === 'git/create-tree').length, 3);
  t.is(writes().filter((each) => each === 'git/create-blob').length, 1);
  t.is(writes().filter((each) => each === 'git/create-commit').length, 1);
});

test('a branch that has these files is reused; one that has others, or an older base, is moved', async (t) => {
  const { github, client, put, git, writes } = await startWithFiles(t);
  await put({ 'rules/b.yar': 'rule c' });
  const before = git.branches.get(branch);
  await put({ 'rules/b.yar': 'rule c' });
  t.is(git.branches.get(branch), before);
  t.deepEqual(writes(), ['git/create-tree', 'git/create-commit', 'git/create-ref', 'git/create-tree']);
  pushFiles(github.state, { ...files, 'rules/b.yar': 'rule c', 'evil.yml': 'x' }, branch);
  await put({ 'rules/b.yar': 'rule c' });
  t.deepEqual(filesAt(git, branch), { ...files, 'rules/b.yar': 'rule c' }, 'what others put there is gone');
  pushFiles(github.state, { ...files, 'README.md': 'y' });
  const tip = await branchTip(client, 'main');
  await put({ 'rules/b.yar': 'rule c' }, tip ?? undefined);
  t.deepEqual(filesAt(git, branch), { ...files, 'README.md': 'y', 'rules/b.yar': 'rule c' });
});

for (const operationId of ['git/create-tree', 'git/create-commit', 'git/create-ref', 'git/get-ref', 'git/get-commit']) {
  for (const isServed of [true, false]) {
    test(`when the response to ${operationId} is lost (done: ${isServed}), the branch still exists once`, async (t) => {
      const { github, put, git } = await startWithFiles(t);
      github.faults.push({ operationId, fault: { kind: 'status', status: 502, isServed } });
      await put({ 'rules/b.yar': 'rule c' });
      t.deepEqual(filesAt(git, branch), { ...files, 'rules/b.yar': 'rule c' });
      t.deepEqual([...git.branches.keys()], ['main', branch]);
    });
  }
}

test('the error for a job without write permission names the permission, and that for a rate limit its end', async (t) => {
  const { put } = await startWithFiles(t, { permissions: ['contents: read', 'pull-requests: write'] });
  await t.throwsAsync(put({ 'rules/b.yar': 'rule c' }), { code: 'ERR_CONFIG', message: /contents: write/ });
  const limited = await startWithFiles(t);
  limited.github.faults.push({
    operationId: 'git/create-tree',
    fault: { kind: 'rate-limit', seconds: 3000 },
    times: 9,
  });
  await t.throwsAsync(limited.put({ 'rules/b.yar': 'x' }), { code: 'ERR_UNAVAILABLE', message: /rate limit .* until/ });
});
