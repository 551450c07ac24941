import { join } from 'node:path';
import test from 'ava';
import { openLocalTarget } from '../../../targets/local/local-target.ts';
import { createTestCli, testedRule } from '../../../testing/cli/run-cli.ts';
import { previewRequest } from '../../../testing/local/preview-request.ts';
import { ruleFor } from '../../../testing/local/test-target.ts';

test('previews are listed, watched, shown and cancelled like scans, and block none', async (t) => {
  const cli = await createTestCli(t);
  await cli.write({ ...testedRule('Evil', 'evil'), 'in/a': 'evil alpha', 'in/b': 'nothing' });
  await cli.run('publish');
  await cli.run('upload', 'in');
  const target = await openLocalTarget({ stateDir: join(cli.dir, '.rearview') });
  t.teardown(() => target.close());
  // The index shows nothing of three letters.
  const now = { 'a\u001b.yar': ruleFor('Alpha', 'alp') };
  const preview = previewRequest({ now }, { sha256: ['ab'.repeat(32)] });
  await target.startPreview(preview);

  const started = await cli.run('retro', 'start', '--jobs', '1');
  t.is(started.code, 0, started.stderr);
  const pipeline = await target.startPipeline();
  while ((await target.state.scans.get(preview.scanId))?.state === 'running') {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  await pipeline.stop();

  const listed = await cli.run('retro', 'list', '--kind', 'preview', '--json');
  t.deepEqual(
    listed.lines.map(({ id, kind }) => [id, kind]),
    [[preview.scanId, 'preview']],
  );
  t.deepEqual(
    (await cli.run('retro', 'list', '--json')).lines.map(({ id }) => id),
    [started.stdout.trim()],
    'no preview is among the retro scans',
  );
  const live = await cli.run('retro', 'list', '--kind', 'live', '--json');
  t.true(live.lines.every(({ kind }) => kind === 'live'));

  const status = await cli.run('retro', 'status', preview.scanId);
  t.regex(status.stdout, /\(preview, of 100 % of the objects and 1 content by hash\)/);
  t.regex(status.stdout, /ledger {3}2 objects = 2 scanned/);
  const ledger = await cli.run('retro', 'status', preview.scanId, '--ledger');
  t.regex(ledger.stdout, /in\/a .* scanned {2}1 match: now\/a\\x1b\.yar:Alpha\n/);
  t.regex(ledger.stdout, /in\/b .* scanned {2}0 matches\n/);
  const entries = await cli.run('retro', 'status', preview.scanId, '--ledger', '--json');
  t.true(entries.lines.every(({ preview: found }) => typeof found === 'object'));
  t.regex((await cli.run('retro', 'status')).stdout, /scan {5}retro-/);
  t.is((await cli.run('retro', 'watch', preview.scanId)).code, 0);
});

test('a preview that is named is cancelled; without a name only a retro scan is', async (t) => {
  const cli = await createTestCli(t);
  await cli.write(testedRule('Evil', 'evil'));
  await cli.run('publish');
  const target = await openLocalTarget({ stateDir: join(cli.dir, '.rearview') });
  t.teardown(() => target.close());
  const preview = previewRequest({ now: { 'a.yar': ruleFor('Alpha', 'alpha') } });
  await target.startPreview(preview);
  const unnamed = await cli.run('retro', 'cancel');
  t.is(unnamed.code, 2);
  t.regex(unnamed.stderr, /No retro scan is running or paused/);
  const paused = await cli.run('retro', 'pause', preview.scanId);
  t.is(paused.code, 2);
  t.regex(paused.stderr, /not a retro scan; it cannot be paused/);
  t.is((await cli.run('retro', 'cancel', preview.scanId)).stdout, `${preview.scanId} cancelled\n`);
  t.is((await cli.run('retro', 'watch', preview.scanId)).code, 1);
});
