import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { newScan } from '../../../domain/scans/scan.ts';
import { reviewSectionSchema } from '../../../pull-requests/section.ts';
import { type LocalTarget, openLocalTarget } from '../../../targets/local/local-target.ts';
import { createTestCli, type TestCli, testedRule } from '../../../testing/cli/run-cli.ts';

async function forecastOf(cli: TestCli) {
  return reviewSectionSchema.parse(JSON.parse(await readFile(join(cli.dir, 'forecast.json'), 'utf8')));
}

/** A corpus that is covered with one rule, and a ruleset of the rules folder with one more. */
async function changedRules(cli: TestCli): Promise<void> {
  await cli.write({ ...testedRule('Evil', 'evil'), 'in/one.txt': 'evil', 'in/two.txt': 'good' });
  await cli.run('publish');
  await cli.run('upload', 'in');
  await cli.run('retro', 'start', '--jobs', '1');
  // The index shows nothing of three letters.
  await cli.write(testedRule('Worse', 'wor'));
  await cli.run('rules', 'build', '--out', 'ruleset.bin');
}

test('a plan with a built ruleset reports what publishing it would start, and publishes nothing', async (t) => {
  const cli = await createTestCli(t);
  await changedRules(cli);
  t.like((await cli.run('retro', 'plan', '--json')).lines[0], { dueObjects: 0, coveredObjects: 2 });
  const { code, lines } = await cli.run('retro', 'plan', '--ruleset', 'ruleset.bin', '--json');
  t.is(code, 0);
  t.like(lines[0], { objects: 2, dueObjects: 2, dueRules: ['worse.yar:Worse'] });
  t.like((await cli.run('retro', 'plan', '--json')).lines[0], { dueObjects: 0 });
});

test('a plan with a built ruleset needs no active ruleset, nor a state folder, and makes none', async (t) => {
  const cli = await createTestCli(t);
  await cli.write({ ...testedRule('Evil', 'evil'), 'in/one.txt': 'evil' });
  await cli.run('rules', 'build', '--out', 'ruleset.bin');
  const before = await cli.run('retro', 'plan', '--ruleset', 'ruleset.bin', '--report', 'forecast.json');
  t.is(before.code, 0, before.stderr);
  t.deepEqual(await readdir(join(cli.dir, '.rearview')), ['signing-key.pem'], 'which the build has made');
  t.like(await forecastOf(cli), { section: 'forecast', verdict: 'passed', objects: 0, expectedMs: 0 });
  await cli.run('upload', 'in');
  t.like((await cli.run('retro', 'plan', '--ruleset', 'ruleset.bin', '--json')).lines[0], { dueObjects: 1 });
  t.regex((await cli.run('retro', 'plan')).stderr, /run "rearview publish" first/);
  t.is((await cli.run('retro', 'plan', '--ruleset', 'missing.bin')).code, 2);
  t.is((await cli.run('retro', 'plan', '--ruleset', 'in/one.txt')).code, 2);
});

test('a plan above a budget names it and ends with 1; without a review no budget applies', async (t) => {
  const cli = await createTestCli(t);
  await changedRules(cli);
  // On one machine nothing is charged, and no scan was long enough to measure the speed.
  await cli.write({ 'rearview.yaml': 'forecast: { maxDollars: 0, maxMinutes: 1 }' });
  const args = ['retro', 'plan', '--ruleset', 'ruleset.bin'];
  t.is((await cli.run(...args)).stderr, '');
  const unknown = await cli.run(...args, '--report', 'forecast.json');
  t.is(unknown.code, 0);
  t.regex(unknown.stderr, /^The time is not known .* budget of 1 minutes \(forecast\.maxMinutes\)\.\n$/);
  t.like(await forecastOf(cli), {
    ...{ verdict: 'unknown', dueObjects: 2, coveredObjects: 0, rules: 1, expectedMs: null, expectedCost: 0 },
    ...{ budget: { dollars: 0, minutes: 1 }, over: [] },
  });
  t.is((await cli.run(...args, '--config', 'missing.yaml')).code, 2);
  await cli.write({ 'other.yaml': 'forecast: { maxDollar: 1 }' });
  const misspelt = await cli.run(...args, '--config', 'other.yaml');
  t.is(misspelt.code, 2);
  t.regex(misspelt.stderr, /maxDollar/);
});

test('a plan is compared with the minutes that it takes at the pace of the latest scan', async (t) => {
  const cli = await createTestCli(t);
  await changedRules(cli);
  const target = await openLocalTarget({ stateDir: join(cli.dir, '.rearview') });
  await completeScanOf(target, { bytes: 60_000_000, minutes: 6_000_000 });
  await target.close();
  // 8 bytes at 10 a minute.
  await cli.write({ 'rearview.yaml': 'forecast: { maxMinutes: 0.7 }', 'roomy.yaml': 'forecast: { maxMinutes: 0.8 }' });
  const args = ['retro', 'plan', '--ruleset', 'ruleset.bin', '--report', 'forecast.json'];
  const above = await cli.run(...args);
  t.is(above.code, 1);
  t.is(above.stderr, 'above the budget: It would take about 0.80 minutes; the budget is 0.7 (forecast.maxMinutes).\n');
  t.like(await forecastOf(cli), { verdict: 'failed', dueBytes: 8, expectedMs: 48_000 });
  t.is((await cli.run(...args, '--config', 'roomy.yaml')).code, 0);
  t.like(await forecastOf(cli), { verdict: 'passed', over: [], budget: { dollars: null, minutes: 0.8 } });
});

/** A past retro scan with this duration and this number of bytes. */
async function completeScanOf(
  { state: { scans }, buckets }: LocalTarget,
  { bytes, minutes }: { readonly bytes: number; readonly minutes: number },
): Promise<void> {
  const endMs = Date.parse('2026-01-01T00:00:00.000Z');
  const scan = newScan({
    ...{ id: 'retro-past', kind: 'retro', rulesetId: '1', full: true, buckets, filter: {}, expected: null },
    createdAt: new Date(endMs - minutes * 60_000).toISOString(),
  });
  await scans.create(scan, scan.id);
  const lease = await scans.acquireLease(scan.id, 'test', { nowMs: 0, ttlMs: 1 });
  if (lease === null) throw new Error('nobody else plans it');
  const object = { bucket: buckets[0] ?? '', key: 'past', version: '1' };
  const entries = [{ ...object, size: bytes, outcome: { status: 'scanned', matches: 0 } as const }];
  await scans.checkpoint(
    lease,
    {
      ...{ cursor: { bucket: object.bucket, after: null }, listingDone: true, listed: { objects: 1, bytes } },
      ...{ batches: [], settled: { batchId: `${scan.id}/0`, entries } },
    },
    { nowMs: 0, ttlMs: 1 },
  );
  await scans.completeIfDone(scan.id, { at: new Date(endMs).toISOString() });
}
