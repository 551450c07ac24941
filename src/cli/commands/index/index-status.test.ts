import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { createTestCli, testedRule } from '../../../testing/cli/run-cli.ts';

/** The share of the index in the data that it is about, in percent. */
function shareIn(stdout: string): number {
  return Number(/\((\d+\.\d) % of the indexed data\)/.exec(stdout)?.[1]);
}

test('the share of the index counts neither damaged segments, nor those of other limits, nor gone objects', async (t) => {
  const cli = await createTestCli(t);
  const text = (seed: number) => Array.from({ length: 300_000 }, (_, index) => (index * seed) % 7919).join(' ');
  await cli.write({ 'in/large.txt': text(7), 'in/small.txt': 'small', 'in/other.txt': text(13) });
  await cli.write(testedRule('Other', 'nowhere'));
  const up = await cli.run('up', '--once', '--corpus', 'in', '--jobs', '1');
  t.is(up.code, 0, up.stderr);
  t.is((await cli.run('index', 'build', '--jobs', '1')).code, 0);
  const whole = await cli.run('index', 'status');
  const share = shareIn(whole.stdout);
  const [sums] = (await cli.run('index', 'status', '--json')).lines;
  t.is(share, Number(((Number(sums?.['indexBytes']) / Number(sums?.['indexedBytes'])) * 100).toFixed(1)));

  t.is((await cli.run('index', 'build', '--no-unpack', '--jobs', '1')).code, 0);
  const other = await cli.run('index', 'status');
  t.regex(other.stdout, /unused {4}1 segment, of other limits/);
  t.is(shareIn(other.stdout), share);

  const folder = join(cli.dir, '.rearview/index');
  const segments = await readdir(folder);
  await cli.write({ 'in/new.txt': text(17) });
  t.is((await cli.run('index', 'build', '--jobs', '1')).code, 0);
  for (const name of segments) {
    const bytes = await readFile(join(folder, name));
    await writeFile(join(folder, name), bytes.fill(0, bytes.length - 20));
  }
  const damaged = await cli.run('index', 'status');
  t.is(damaged.code, 1);
  t.regex(damaged.stdout, /damaged {3}1 segment: a retro scan or "index build" replaces them/);
  t.true(Math.abs(shareIn(damaged.stdout) - share) < share / 2, damaged.stdout);
  t.like((await cli.run('index', 'status', '--json')).lines[0], { segments: 3, otherSettings: 1, damaged: 1 });

  await rm(join(cli.dir, 'in/new.txt'));
  const gone = await cli.run('index', 'status');
  t.regex(gone.stdout, /gone {6}1 indexed object:/);
  t.is(shareIn(gone.stdout), shareIn(damaged.stdout));

  await cli.run('index', 'build', '--jobs', '1');
  t.is((await cli.run('index', 'status')).code, 0);
});

test('of little data, the share of the index is not printed', async (t) => {
  const cli = await createTestCli(t);
  await cli.write({ 'in/small.txt': 'small' });
  t.is((await cli.run('upload', 'in')).code, 0);
  t.is((await cli.run('index', 'build', '--jobs', '1')).code, 0);
  const { stdout } = await cli.run('index', 'status');
  t.regex(stdout, /^index {5}\d+ B in 1 segment$/m);
});
