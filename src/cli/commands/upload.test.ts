import { execFileSync } from 'node:child_process';
import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import test, { type ExecutionContext } from 'ava';
import { openLocalState } from '../../adapters/local/state.ts';
import { collector, createTestCli, type TestCli } from '../../testing/cli/run-cli.ts';
import { programVersion } from '../program-version.ts';

const statuses = (lines: readonly Record<string, unknown>[]) =>
  Object.fromEntries(lines.map(({ key, status }) => [String(key), status]));

function corpusOf(t: ExecutionContext, cli: TestCli) {
  const dir = join(cli.dir, '.rearview');
  const state = openLocalState(dir, { visibilityMs: 1, maxReceives: 3, corpusNotice: () => '' });
  t.teardown(() => state.close());
  return state.stores.corpus;
}

/**
 * The clock has left the tick in which the files were written: they differ from files that are
 * written again.
 */
async function rest(): Promise<void> {
  const until = Date.now() + 30;
  while (Date.now() < until) await sleep(10);
}

test('upload prints the key and version of each uploaded file and a summary; a second run prints no file', async (t) => {
  const cli = await createTestCli(t);
  await cli.write({ 'in/a': 'a', 'in/b/c': 'c' });
  await rest();
  const first = await cli.run('upload', 'in', '--key', 'k', '--concurrency', '1');
  t.is(first.stdout, 'k/in/a  1\nk/in/b/c  1\n');
  t.regex(first.stderr, /^2 files uploaded \(2 B\), 0 already stored, 0 failed\nNo process runs the pipeline/);
  const second = await cli.run('upload', 'in', '--key', 'k');
  t.is(second.code, 0);
  t.is(second.stdout, '');
  t.is(second.stderr, '0 files uploaded (0 B), 2 already stored, 0 failed\n');
  t.deepEqual(statuses((await cli.run('upload', 'in', '--key', 'k', '--json')).lines), {
    'k/in/a': 'unchanged',
    'k/in/b/c': 'unchanged',
  });
  t.deepEqual(statuses((await cli.run('upload', 'in', '--key', 'k', '--json', '--verify')).lines), {
    'k/in/a': 'present',
    'k/in/b/c': 'present',
  });
  // Elsewhere it is another object.
  t.is((await cli.run('upload', 'in')).stdout.split('\n').length, 3);
});

test('each file is stored with its origin, its time of change, its sender and its type', async (t) => {
  const cli = await createTestCli(t);
  await cli.write({ 'in/a': 'a' });
  await cli.run('upload', 'in/a', '--meta', 'Case=42');
  const { mtime = '', ...metadata } = (await corpusOf(t, cli).describe({ key: 'a' })).metadata;
  t.deepEqual(metadata, {
    filepath: join(cli.dir, 'in/a'),
    host: hostname(),
    collector: `rearview/${programVersion()}`,
    case: '42',
    sha256: 'ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb',
  });
  t.true(Math.abs(Date.parse(mtime) - Date.now()) < 3_600_000);
  t.is((await cli.run('upload', 'in/a', '--meta', 'sha256=00')).code, 2);
});

test('a dry run reports what would be uploaded, and uploads nothing', async (t) => {
  const cli = await createTestCli(t);
  await cli.write({ 'in/a': 'a' });
  const { stdout, stderr, code } = await cli.run('upload', 'in', '--dry-run');
  t.is(code, 0);
  t.is(stdout, 'in/a  would be uploaded, 1 B\n');
  t.is(stderr, '1 file would be uploaded (1 B), 0 already stored, 0 failed\n');
  t.deepEqual((await corpusOf(t, cli).list({ after: null, limit: 9 })).objects, []);
});

test('links are skipped, unusual names are shown by their bytes, and unreadable files do not affect the others', async (t) => {
  const cli = await createTestCli(t);
  await cli.write({ 'in/a': 'a' });
  symlinkSync('a', join(cli.dir, 'in/link'));
  const odd = Buffer.concat([Buffer.from(`${cli.dir}/in/`), Buffer.from([0xff])]);
  writeFileSync(odd, 'x');
  mkdirSync(join(cli.dir, 'in', 'y'.repeat(250), 'y'.repeat(250)), { recursive: true });
  const long = await cli.run('upload', 'in', '--key', 'k'.repeat(1020), '--json');
  t.is(long.code, 1);
  t.is(long.lines.filter(({ status, reason }) => status === 'failed' && reason === 'refused').length, 2);
  const { code, lines } = await cli.run('upload', 'in', '--json');
  t.is(code, 0);
  t.deepEqual(statuses(lines), { 'in/a': 'uploaded', 'in/\\xff': 'uploaded' });
  t.is(
    lines.find(({ key }) => key === 'in/\\xff')?.['pathBytes'],
    Buffer.concat([Buffer.from('in/'), Buffer.from([0xff])]).toString('hex'),
  );
});

test('--filepath is refused for more than one file before anything is uploaded', async (t) => {
  const cli = await createTestCli(t);
  await cli.write({ 'in/a': 'a', b: 'b' });
  for (const paths of [['in'], ['in/a', 'b']]) {
    const { code, stderr } = await cli.run('upload', ...paths, '--filepath', 'C:\\x');
    t.is(code, 2);
    t.regex(stderr, /--filepath needs a single file/);
  }
  t.is((await cli.run('upload', 'b', '--filepath', 'C:\\x')).code, 0);
  const corpus = corpusOf(t, cli);
  t.deepEqual(
    (await corpus.list({ after: null, limit: 9 })).objects.map(({ key }) => key),
    ['b'],
  );
  t.is((await corpus.describe({ key: 'b' })).metadata['filepath'], 'C:\\x');
});

test('interrupted, it ends with 130 and reports that it can be resumed', async (t) => {
  const cli = await createTestCli(t);
  await cli.write({ 'in/a': 'a' });
  const { code, stderr, stdout } = await cli.runWith({ signal: AbortSignal.abort() }, 'upload', 'in');
  t.is(code, 130);
  t.is(stdout, '');
  t.regex(stderr, /0 files uploaded[\s\S]*Interrupted: [\s\S]*resumes here/);
});

test('--watch and flags for a single run exclude each other', async (t) => {
  const cli = await createTestCli(t);
  await cli.write({ 'in/a': 'a' });
  for (const flag of ['--dry-run', '--verify', '--force']) {
    t.is((await cli.run('upload', 'in', '--watch', flag)).code, 2);
  }
});

/** The command while it watches. */
function startWatch(t: ExecutionContext, cli: TestCli, ...args: readonly string[]) {
  const stop = new AbortController();
  const stdout = collector();
  const stderr = collector();
  const context = { signal: stop.signal, stdout: stdout.stream, stderr: stderr.stream };
  const running = cli.runWith(context, 'upload', '--watch', ...args);
  t.teardown(() => stop.abort());
  const until = async (read: () => string, pattern: RegExp) => {
    while (!pattern.test(read())) await sleep(20);
  };
  return {
    prints: (pattern: RegExp) => until(stdout.text, pattern),
    warns: (pattern: RegExp) => until(stderr.text, pattern),
    stdout: stdout.text,
    stderr: stderr.text,
    async stop() {
      stop.abort();
      return (await running).code;
    },
  };
}

test('--watch uploads existing, new and changed files until it is interrupted', async (t) => {
  t.timeout(120_000);
  const cli = await createTestCli(t);
  await cli.write({ 'in/a': 'a' });
  const watch = startWatch(t, cli, 'in', '--key', 'k');
  await watch.prints(/^k\/in\/a {2}1\n/);
  await cli.write({ 'in/new/b': 'b' });
  await watch.prints(/k\/in\/new\/b {2}1\n/);
  await cli.write({ 'in/a': 'changed' });
  await watch.prints(/k\/in\/a {2}2\n/);
  // A file that is put into its place under another name comes once, under the name it has then.
  writeFileSync(join(cli.dir, 'c.part'), 'c');
  renameSync(join(cli.dir, 'c.part'), join(cli.dir, 'in/c'));
  await watch.prints(/k\/in\/c {2}1\n/);
  rmSync(join(cli.dir, 'in/c'));
  t.is(await watch.stop(), 0);
  t.deepEqual(watch.stdout().trim().split('\n').sort(), ['k/in/a  1', 'k/in/a  2', 'k/in/c  1', 'k/in/new/b  1']);
  t.is(
    watch
      .stderr()
      .split('\n')
      .filter((line) => line.startsWith('not uploaded')).length,
    0,
  );
});

test('--watch reports a failure once, and uploads the file when it can', async (t) => {
  t.timeout(120_000);
  const cli = await createTestCli(t);
  await cli.write({ 'in/a': 'a' });
  execFileSync('mkfifo', [join(cli.dir, 'in/f')]);
  const watch = startWatch(t, cli, 'in');
  await watch.warns(/not uploaded: in\/f/);
  await cli.write({ 'in/b': 'b' });
  await watch.prints(/in\/b/);
  rmSync(join(cli.dir, 'in/f'));
  await cli.write({ 'in/f': 'f' });
  await watch.prints(/in\/f/);
  await watch.stop();
  t.is(watch.stderr().match(/not uploaded/g)?.length, 1);
});

test('--watch reports when a folder that it watches is away, and continues when it is back', async (t) => {
  t.timeout(120_000);
  const cli = await createTestCli(t);
  await cli.write({ 'in/a': 'a' });
  const watch = startWatch(t, cli, 'in');
  await watch.prints(/in\/a/);
  renameSync(join(cli.dir, 'in'), join(cli.dir, 'away'));
  await watch.warns(/not uploaded: in: .*no such file/);
  writeFileSync(join(cli.dir, 'away/b'), 'b');
  renameSync(join(cli.dir, 'away'), join(cli.dir, 'in'));
  await watch.prints(/in\/b/);
  t.is(await watch.stop(), 0);
});
