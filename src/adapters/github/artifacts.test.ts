import test from 'ava';
import { addArtifact, zipOf } from '../../testing/github/add-artifact.ts';
import { startGithub } from '../../testing/github/github-server.ts';
import { testClient } from '../../testing/github/test-client.ts';
import { readArtifacts } from './artifacts.ts';

const request = { runId: 9, prefix: 'rearview-', maxBytes: 10_000 };

test("the run's artifacts with the prefix are read by name, the newest of each, over any number of pages", async (t) => {
  const github = await startGithub(t, { maxPerPage: 2 });
  for (const name of ['rearview-tests', 'rearview-check', 'junit', 'rearview-check']) {
    await addArtifact(github.state, 9, name, `${name} ${github.state.artifacts.length}`);
  }
  await addArtifact(github.state, 8, 'rearview-diff', 'of another run');
  const read = await readArtifacts(testClient(github), request);
  t.deepEqual(
    read.map(({ name, content }) => [name, Buffer.from(content ?? []).toString()]),
    [
      ['rearview-check', 'rearview-check 3'],
      ['rearview-tests', 'rearview-tests 0'],
    ],
  );
});

test('the token is not sent to the storage of the artifacts', async (t) => {
  const github = await startGithub(t);
  await addArtifact(github.state, 9, 'rearview-check', 'content');
  // The test storage closes the connection if it receives one.
  const [read] = await readArtifacts(testClient(github), request);
  t.is(read?.refused, null);
  t.true(github.requests.every(({ authorization }) => authorization === 'token token'));
});

test('an artifact that is too large, claims or decompresses to too much, or is not an archive of one file is refused, and the rest is read', async (t) => {
  const github = await startGithub(t);
  const zeros = new Uint8Array(1_000_000);
  const archives = {
    bomb: { zip: await zipOf({ a: zeros }) },
    broken: { zip: Buffer.from('PK no archive') },
    claims: { zip: await zipOf({ a: '1' }), claimedBytes: 10_001 },
    empty: { zip: await zipOf({}) },
    expired: { zip: await zipOf({ a: '1' }), expired: true },
    folder: { zip: await zipOf({ 'folder/': '' }) },
    grown: { zip: Buffer.concat([Buffer.alloc(20_000), await zipOf({ a: '1' })]), claimedBytes: 100 },
    several: { zip: await zipOf({ a: '1', b: '2' }) },
    traversal: { zip: await zipOf({ '../../../etc/passwd': 'harmless' }) },
  };
  t.true(archives.bomb.zip.length < 10_000);
  for (const [name, archive] of Object.entries(archives))
    await addArtifact(github.state, 9, `rearview-${name}`, archive);
  const read = await readArtifacts(testClient(github), request);
  const refused = Object.fromEntries(read.map(({ name, refused }) => [name.replace('rearview-', ''), refused]));
  t.regex(refused['broken'] ?? '', /cannot read/);
  t.deepEqual(
    { ...refused, broken: null },
    {
      bomb: 'its file has more than 10000 bytes',
      broken: null,
      claims: 'it has 10001 bytes; the maximum is 10000',
      empty: 'the archive is empty',
      expired: 'it has expired',
      folder: 'the archive contains a folder',
      grown: 'it has more than 10000 bytes',
      several: 'the archive contains more than one file',
      // Refused by the library; it is never written anywhere.
      traversal: 'cannot read the archive (Unsafe filename)',
    },
  );
});

test('an archive with a false file size is detected during decompression', async (t) => {
  const github = await startGithub(t);
  const zip = Buffer.from(await zipOf({ a: new Uint8Array(1_000_000) }));
  // The sizes in the directory and in the header of the file, see
  // https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT.
  const size = Buffer.alloc(4);
  size.writeUInt32LE(1_000_000);
  for (let at = zip.indexOf(size); at >= 0; at = zip.indexOf(size, at + 1)) zip.writeUInt32LE(5, at);
  await addArtifact(github.state, 9, 'rearview-check', { zip });
  const [read] = await readArtifacts(testClient(github), request);
  t.is(read?.content, null);
});

test('at most the requested number of artifacts is read, and the rest is reported', async (t) => {
  const github = await startGithub(t);
  for (const name of ['rearview-a', 'rearview-b', 'rearview-c']) await addArtifact(github.state, 9, name, '1');
  const read = await readArtifacts(testClient(github), { ...request, maxArtifacts: 2 });
  t.deepEqual(
    read.map(({ refused }) => refused),
    [null, null, 'there are more than 2 artifacts'],
  );
});

test('an artifact that cannot be downloaded is reported, and a run whose artifacts cannot be listed is an error', async (t) => {
  const github = await startGithub(t);
  await addArtifact(github.state, 9, 'rearview-check', '1');
  github.beforeNext('actions/download-artifact', (state) => void state.artifacts.splice(0));
  const [read] = await readArtifacts(testClient(github), request);
  t.regex(read?.refused ?? '', /cannot download it.*404/);
  const forbidden = await startGithub(t, { permissions: [] });
  await t.throwsAsync(readArtifacts(testClient(forbidden), request), { code: 'ERR_CONFIG', message: /actions: read/ });
});
