import { truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { createTestCli, testedRule } from '../../testing/cli/run-cli.ts';
import { runCliProcess } from '../../testing/cli/run-cli-process.ts';

/** 64 MiB, in blocks of 512 bytes. */
const maxFileBlocks = 131_072;

test('if there is no space for alerts, up --once and retro start end with 75, and the next run sends them', async (t) => {
  const cli = await createTestCli(t);
  await cli.write({ ...testedRule('Alpha', 'alpha'), 'corpus/a.txt': 'alpha', '.rearview/notes': '' });
  const file = join(cli.dir, '.rearview/alerts.jsonl');
  await writeFile(file, '', { mode: 0o600 });
  await truncate(file, maxFileBlocks * 512);
  const options = { cwd: cli.dir, env: {}, maxFileBlocks };
  const run = await runCliProcess(['up', '--once', '--jobs', '1', '--corpus', 'corpus'], options);
  t.is(run.code, 75, run.stderr);
  t.regex(run.stderr, /There is no space to store the alert in .*alerts\.jsonl/);
  t.regex(run.stderr, /1 alert undelivered to jsonl; the next run sends it\n/);
  const scan = await runCliProcess(['retro', 'start', '--jobs', '1'], options);
  t.is(scan.code, 75, scan.stderr);
  const webhook = await runCliProcess(['up', '--once', '--jobs', '1', '--webhook', 'http://127.0.0.1:9/'], options);
  t.is(webhook.code, 1, webhook.stderr);

  await truncate(file, 0);
  const later = await cli.run('up', '--once', '--jobs', '1', '--webhook', 'none');
  t.is(later.code, 0, later.stderr);
});

test('if there is no space for the state, up --once ends with 75 instead of waiting, and a later run completes', async (t) => {
  const cli = await createTestCli(t);
  const files = Array.from({ length: 120 }, (_, index) => [`corpus/${index}.txt`, `alpha ${index}`]);
  await cli.write({ ...testedRule('Alpha', 'alpha'), ...Object.fromEntries(files) });
  const args = ['up', '--once', '--jobs', '1', '--corpus', 'corpus'];
  // Enough for publishing, and not for the matches.
  const run = await runCliProcess(args, { cwd: cli.dir, env: {}, maxFileBlocks: 1024 });
  t.is(run.code, 75, run.stderr);
  t.regex(run.stderr, /ruleset +[0-9a-f]{12} published/);
  t.regex(run.stderr, /There is no space for the state database: .* Waiting for free space\./);
  const later = await cli.run(...args);
  t.is(later.code, 0, later.stderr);
  t.regex(later.stderr, /completed: 120 objects = /);
  t.is((await cli.run('matches', 'list', '--limit', '1000', '--json')).lines.length, 120);
});
