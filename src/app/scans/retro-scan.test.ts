import test from 'ava';
import { createTestTarget, ruleFor } from '../../testing/local/test-target.ts';

const files = { 'one.txt': 'has alpha', 'two.txt': 'has beta', 'three.txt': 'has alpha and beta' };

test('a scan accounts for every file of the corpus, and a second one scans nothing', async (t) => {
  const pipeline = await createTestTarget(t);
  await pipeline.write(files);
  await pipeline.publish({ 'a.yar': ruleFor('Alpha', 'alpha') });
  await pipeline.start();
  const first = await pipeline.retro();
  t.is(first.state, 'completed');
  t.like(first.counts, { objects: 3, scanned: 3, covered: 0, skipped: 0, failed: 0, matches: 2 });
  t.is(first.listed.objects, 3);
  const second = await pipeline.retro();
  t.not(second.id, first.id);
  t.like(second.counts, { objects: 3, scanned: 0, covered: 3, matches: 0 });
  t.is(second.batches.planned, 1, 'covered objects are settled without a message');
});

test('after adding one rule only that rule is scanned', async (t) => {
  const pipeline = await createTestTarget(t);
  await pipeline.write(files);
  await pipeline.publish({ 'a.yar': ruleFor('Alpha', 'alpha') });
  await pipeline.start();
  await pipeline.retro();
  await pipeline.publish({ 'a.yar': ruleFor('Alpha', 'alpha') + ruleFor('Beta', 'beta') });
  const scan = await pipeline.retro();
  t.like(scan.counts, { objects: 3, scanned: 2, excluded: 1, matches: 2 });
  const batch = await pipeline.target.state.scans.getBatch(scan.id, `${scan.id}/00000000`);
  const delta = await pipeline.target.library.get(batch?.rulesetId ?? '');
  t.deepEqual(
    delta.rules.map((rule) => rule.name),
    ['Beta'],
  );
});

test('editing meta, comments or layout, or moving a file, scans nothing', async (t) => {
  const pipeline = await createTestTarget(t);
  await pipeline.write(files);
  await pipeline.publish({ 'a.yar': ruleFor('Alpha', 'alpha') });
  await pipeline.start();
  await pipeline.retro();
  await pipeline.publish({ 'moved/b.yar': `// a comment\n\n${ruleFor('Alpha', 'alpha', 'author = "someone else"')}` });
  t.like((await pipeline.retro()).counts, { objects: 3, scanned: 0, covered: 3 });
});

test('a changed or new file is scanned with all rules, the others not at all', async (t) => {
  const pipeline = await createTestTarget(t);
  await pipeline.write(files);
  await pipeline.publish({ 'a.yar': ruleFor('Alpha', 'alpha') });
  await pipeline.start();
  await pipeline.retro();
  await pipeline.write({ 'two.txt': 'now it has alpha too', 'four.txt': 'alpha' });
  t.like((await pipeline.retro()).counts, { objects: 4, scanned: 2, covered: 2, matches: 2 });
});

test('a full scan scans everything again and alerts nothing again', async (t) => {
  const pipeline = await createTestTarget(t);
  await pipeline.write(files);
  await pipeline.publish({ 'a.yar': ruleFor('Alpha', 'alpha') });
  await pipeline.start();
  await pipeline.retro();
  t.like((await pipeline.retro({ full: true })).counts, { objects: 3, scanned: 3, covered: 0, matches: 2 });
  t.is((await pipeline.alerts()).length, 2);
});

test('filters by prefix, size and time restrict what is listed', async (t) => {
  const pipeline = await createTestTarget(t);
  await pipeline.write({ 'in/small': 'alpha', 'in/large': `alpha${'.'.repeat(1000)}`, 'out/small': 'alpha' });
  await pipeline.publish({ 'a.yar': ruleFor('Alpha', 'alpha') });
  await pipeline.start();
  const prefix = `${pipeline.corpusDir}/in/`;
  t.is((await pipeline.retro({ filter: { prefix, maxBytes: 10 } })).counts.scanned, 1);
  t.is((await pipeline.retro({ filter: { prefix } })).counts.scanned, 1, 'the small one is covered');
  t.is((await pipeline.retro({ filter: { arrivedBefore: '2001-01-01T00:00:00.000Z' } })).counts.objects, 0);
  t.like((await pipeline.retro()).counts, { objects: 3, scanned: 1, covered: 2 });
});

test('starting a scan twice gives the same scan', async (t) => {
  const pipeline = await createTestTarget(t);
  await pipeline.write(files);
  await pipeline.publish({ 'a.yar': ruleFor('Alpha', 'alpha') });
  const first = await pipeline.begin();
  t.is((await pipeline.begin()).id, first.id);
  t.not((await pipeline.begin({ full: true })).id, first.id);
  await pipeline.start();
  t.is((await pipeline.ended(first.id)).state, 'completed');
});

test('a scan with no ruleset published is refused with the way out', async (t) => {
  const pipeline = await createTestTarget(t);
  await t.throwsAsync(pipeline.begin(), { code: 'ERR_NOT_FOUND', message: /rearview publish/ });
});

test('an empty corpus completes', async (t) => {
  const pipeline = await createTestTarget(t);
  await pipeline.publish({ 'a.yar': ruleFor('Alpha', 'alpha') });
  await pipeline.start();
  t.like(await pipeline.retro(), { state: 'completed', counts: { objects: 0 } });
});
