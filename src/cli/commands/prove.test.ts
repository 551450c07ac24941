import { readdir, rm, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { createNeedleCorpus } from '../../testing/cli/needle-corpus.ts';
import { createTestCli, testedRule } from '../../testing/cli/run-cli.ts';

test('a retro scan says what the index excluded, and prove checks it', async (t) => {
  const cli = await createNeedleCorpus(t);
  t.is((await cli.run('index', 'build', '--jobs', '1')).code, 0);
  t.is((await cli.run('publish')).code, 0);

  const plan = await cli.run('retro', 'plan', '--json');
  t.like(plan.lines[0], {
    ...{ objects: 12, dueObjects: 1, coveredObjects: 0, excludedObjects: 11 },
    ...{ ruleObjects: [{ rule: 'needle.yar:Needle', objects: 1 }], index: { isWide: false, problems: [] } },
  });
  const shown = await cli.run('retro', 'plan');
  t.regex(shown.stdout, /excluded {2}11 objects cannot match, as the index shows/);
  t.regex(shown.stdout, /needle\.yar:Needle, 1 object\n/);

  const scan = await cli.run('retro', 'start', '--jobs', '1');
  t.is(scan.code, 0, scan.stderr);
  t.regex(scan.stderr, /1 rule over 1 of 12 objects, .*; 11 excluded by the index/);
  t.regex(scan.stderr, /12 objects = 1 scanned \+ 0 covered \+ 11 excluded \+ 0 skipped \+ 0 failed/);
  t.like((await cli.run('retro', 'status', '--json')).lines[0], { counts: { objects: 12, scanned: 1, excluded: 11 } });
  const ledger = await cli.run('retro', 'status', '--ledger', '--json');
  t.is(ledger.lines.length, 2, 'a line for the object that was scanned, and one for the segment');
  t.like(ledger.lines[1], { outcome: { status: 'excluded' }, objects: 11, earlier: [], rules: [{ candidates: 1 }] });
  const lines = await cli.run('retro', 'status', '--status', 'excluded');
  t.regex(lines.stdout, /^excluded {2}11 objects .* of 12 in segment [0-9a-f]{12}, 1 rule evaluated, \d+ rows read\n$/);

  const again = await cli.run('retro', 'plan', '--json');
  t.like(again.lines[0], { coveredObjects: 1, excludedObjects: 11, dueObjects: 0, dueRules: [], ruleObjects: [] });

  const proof = await cli.run('prove', '--audit', '20', '--jobs', '1', '--json');
  t.is(proof.code, 0, proof.stderr);
  t.like(proof.lines[0], { excluded: 11, proven: 11, wrong: [], audit: { scanned: 11, notScanned: 0, wrong: [] } });
  const text = await cli.run('prove');
  t.regex(text.stdout, /: 11 objects excluded, 11 proven, 0 differences\n1 formula evaluated again\n$/);
  t.is((await cli.run('prove', '--audit', '1', '--max-size', '1MiB')).code, 2, 'of other limits');

  await cli.run('index', 'build', '--from-scratch', '--jobs', '1');
  await cli.write({ 'in/new.txt': 'new' });
  await cli.run('index', 'build', '--from-scratch', '--jobs', '1');
  const later = await cli.run('prove');
  t.regex(later.stdout, /: 11 objects excluded, 11 proven/, 'a segment that a ledger names is kept');

  const index = join(cli.dir, '.rearview', 'index');
  const parts = (await readdir(index, { recursive: true, withFileTypes: true })).filter((each) => each.isFile());
  for (const { parentPath, name } of parts) await truncate(join(parentPath, name), 50);
  const damaged = await cli.run('prove');
  t.is(damaged.code, 1);
  t.regex(damaged.stdout, /11 objects excluded, 0 proven, 0 differences\n/);
  t.regex(damaged.stdout, /11 objects cannot be proven: their segments are damaged or cannot be read/);
  t.regex(damaged.stderr, /^Segment [0-9a-f]{12}: its file is too short\.$/m);
  t.false(damaged.stdout.includes('removed'));
  t.like((await cli.run('prove', '--json')).lines[0], { damaged: 11, gone: 0, wrong: [] });

  await rm(index, { recursive: true });
  const gone = await cli.run('prove');
  t.is(gone.code, 1);
  t.regex(gone.stdout, /11 objects cannot be proven: their segments were removed/);
});

test('where every object may match, the plan says that the index is not used', async (t) => {
  const cli = await createTestCli(t);
  await cli.write({ 'in/a.txt': 'a', 'in/b.txt': 'b', ...testedRule('Other', 'nowhere') });
  await cli.run('up', '--once', '--corpus', 'in', '--jobs', '1');
  await cli.write(testedRule('Short', 'hay'));
  await cli.run('index', 'build', '--jobs', '1');
  await cli.run('publish');
  t.regex(
    (await cli.run('retro', 'plan')).stdout,
    /index {5}nearly every object may match the rules, so the index is not used/,
  );
});

test('of a scan that excluded nothing with the index, prove says that there is nothing to prove', async (t) => {
  const cli = await createTestCli(t);
  await cli.write({ 'in/a.txt': 'a', 'in/b.txt': 'b', ...testedRule('Other', 'nowhere') });
  await cli.run('up', '--once', '--corpus', 'in', '--jobs', '1');
  const { code, stdout } = await cli.run('prove');
  t.is(code, 0);
  t.regex(stdout, /^retro-[^ ]+: the scan excluded nothing with the index, so there is nothing to prove\n$/);
  t.like((await cli.run('prove', '--json')).lines[0], { excluded: 0, proven: 0, wrong: [] });
});
