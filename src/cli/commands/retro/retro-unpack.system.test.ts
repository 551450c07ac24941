import { createHash } from 'node:crypto';
import test from 'ava';
import { createTestCli, testedRule } from '../../../testing/cli/run-cli.ts';
import { zipOf } from '../../../testing/specimens/zip-of.ts';

test('retro scans, their plans and previews open containers as rearview.yaml says', async (t) => {
  const cli = await createTestCli(t);
  await cli.write({
    ...testedRule('Evil', 'evil'),
    'in/x.zip': zipOf({ 'x.txt': 'an evil text '.repeat(9) }, 8),
    'rearview.yaml': 'unpack: { enabled: false }\n',
  });
  const ok = async (...args: readonly string[]) => {
    const ran = await cli.run(...args);
    t.is(ran.code, 0, ran.stderr);
    return ran;
  };
  await ok('publish');
  await ok('upload', 'in');
  t.regex((await ok('retro', 'start')).stderr, /completed: 1 object = 1 scanned .* 0 matches/);
  t.regex((await ok('retro', 'plan')).stdout, /to scan {3}0 objects/);
  await cli.write(testedRule('Other', 'evil text'));
  t.regex((await ok('retro', 'preview')).stdout, /^ +0 +0 +0 +0 .*Other$/m);

  // Opening is due now, and no more once it is done.
  await cli.write({ 'rearview.yaml': '{}\n' });
  t.regex((await ok('retro', 'preview')).stdout, /^ +1 +0 +1 +0 .*Other$/m);
  t.regex((await ok('retro', 'plan', '--config', 'rearview.yaml')).stdout, /to scan {3}1 object,/);
  t.regex((await ok('retro', 'start')).stderr, /completed: 1 object = 1 scanned .* 1 match/);
  const member = createHash('sha256').update('an evil text '.repeat(9)).digest('hex');
  t.regex((await ok('matches', 'list', '--sha256', member)).stdout, /x\.zip/, 'found by the content of a member');
  t.is((await ok('matches', 'list', '--sha256', '0'.repeat(64))).stdout, 'no matches\n');
  t.regex((await ok('retro', 'plan')).stdout, /to scan {3}0 objects/);
});
