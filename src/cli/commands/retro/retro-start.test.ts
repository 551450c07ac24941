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
