import { readdir, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { createTestCli, testedRule } from '../../../testing/cli/run-cli.ts';

test('a problem of the index is printed once, with and without a plan', async (t) => {
  const cli = await createTestCli(t);
  await cli.write({ 'in/a.txt': 'hay', 'in/b.txt': 'straw', ...testedRule('Other', 'nowhere') });
  t.is((await cli.run('up', '--once', '--corpus', 'in', '--jobs', '1')).code, 0);
  for (const [index, flags] of [[], ['--no-plan']].entries()) {
    await cli.write(testedRule(`Needle${index}`, `needle ${index}`));
    t.is((await cli.run('publish')).code, 0);
    const folder = join(cli.dir, '.rearview', 'index');
    const segments = (await readdir(folder, { withFileTypes: true })).filter((each) => each.isFile());
    t.true(segments.length > 0);
    for (const { name } of segments) await truncate(join(folder, name), 40);
    const { code, stderr } = await cli.run('retro', 'start', '--jobs', '1', ...flags);
    t.is(code, 0, stderr);
    t.is(stderr.match(/its file is too short/g)?.length, segments.length, stderr);
    t.is(stderr.match(/^problem: index: The segment /gm)?.length, segments.length, stderr);
  }
});

test('the plan of a scan that is resumed is of what is left of it', async (t) => {
  const cli = await createTestCli(t);
  await cli.write({ 'in/a.txt': 'a needle', 'in/b.txt': 'a needle, too', ...testedRule('Other', 'nowhere') });
  t.is((await cli.run('up', '--once', '--corpus', 'in', '--jobs', '1')).code, 0);
  await cli.write(testedRule('Needle', 'needle'));
  t.is((await cli.run('publish')).code, 0);
  const begun = await cli.run('retro', 'start', '--no-wait');
  t.regex(begun.stderr, /^1 rule over 2 of 2 objects, 21 B; 0 excluded by the index$/m);
  const id = begun.stdout.trim();
  t.is((await cli.run('retro', 'pause', id)).code, 0);
  const part = await cli.run('retro', 'start', '--prefix', join(cli.dir, 'in/a'), '--jobs', '1');
  t.regex(part.stderr, /completed: 1 object = 1 scanned/);
  t.is((await cli.run('retro', 'resume', id)).code, 0);
  const resumed = await cli.run('retro', 'start', '--jobs', '1');
  t.is(resumed.stdout, begun.stdout);
  t.regex(
    resumed.stderr,
    /^This scan is already running; it is resumed\. Its ledger counts what was done before, too\.$/m,
  );
  const left =
    /^1 rule over the 1 of 2 objects that are left, 13 B; 0 excluded by the index, 1 scanned or covered before$/m;
  t.regex(resumed.stderr, left);
  t.regex(resumed.stderr, /completed: 2 objects = 1 scanned \+ 1 covered \+ 0 excluded/);

  const full = await cli.run('retro', 'start', '--full', '--no-wait');
  t.regex(full.stderr, /^2 rules over 2 of 2 objects, /m);
  const fullAgain = await cli.run('retro', 'start', '--full', '--no-wait');
  t.regex(fullAgain.stderr, /^2 rules over 2 objects, of which 0 have their outcomes already$/m);
});
