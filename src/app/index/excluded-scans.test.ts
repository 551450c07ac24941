import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { type Segment, segmentFile } from '../../domain/scans/segment.ts';
import { indexCorpus } from '../../testing/index/index-corpus.ts';
import { createTestTarget, ruleFor, type TestTarget } from '../../testing/local/test-target.ts';

const names = Array.from({ length: 20 }, (_, index) => `file-${String(index).padStart(2, '0')}`);

async function indexed(t: Parameters<typeof createTestTarget>[0]) {
  const pipeline = await createTestTarget(t);
  await pipeline.write(Object.fromEntries(names.map((name) => [name, `this is ${name}, alone`])));
  await indexCorpus(pipeline.target);
  await pipeline.start();
  return pipeline;
}

async function matched({ target }: TestTarget): Promise<readonly string[]> {
  const { matches } = await target.state.matches.list({ filter: {}, limit: 1000 });
  return matches.map(({ ruleId, sha256 }) => `${ruleId} ${sha256}`).sort();
}

test('a retro scan reads only the objects that can match, and the ledger adds up', async (t) => {
  const pipeline = await indexed(t);
  await pipeline.publish({ 'a.yar': ruleFor('A', 'file-07') });
  const scan = await pipeline.retro();
  t.like(scan, { state: 'completed', counts: { objects: 20, scanned: 1, covered: 0, excluded: 19, failed: 0 } });
  t.is(scan.counts.objects, scan.listed.objects);
  t.is(scan.counts.bytes, scan.listed.bytes);
  t.is((await pipeline.ledger(scan.id)).length, 1, 'no entry for each excluded object');
  const [exclusion, ...others] = await pipeline.target.state.scans.exclusions(scan.id);
  t.deepEqual(others, []);
  t.like(exclusion, { segment: { objects: 20 }, proofs: [{ candidates: 1 }], groups: [{ objects: 19, earlier: [] }] });
  t.true((exclusion?.rows ?? 0) > 0);
  t.is((await matched(pipeline)).length, 1);
});

test('what a scan excluded is proven for the next one, which evaluates only new rules', async (t) => {
  const pipeline = await indexed(t);
  const { scans } = pipeline.target.state;
  await pipeline.publish({ 'a.yar': ruleFor('A', 'file-07') });
  const first = await pipeline.retro();
  const again = await pipeline.retro();
  t.like(again, { counts: { objects: 20, scanned: 0, covered: 1, excluded: 19 } });
  t.like((await scans.exclusions(again.id))[0], {
    proofs: [],
    rows: 0,
    groups: [{ objects: 19, earlier: [first.id] }],
  });

  await pipeline.publish({ 'a.yar': ruleFor('A', 'file-07'), 'b.yar': ruleFor('B', 'file-0') });
  const both = await pipeline.retro();
  t.like(both, { counts: { objects: 20, scanned: 10, covered: 0, excluded: 10 } });
  const [exclusion] = await scans.exclusions(both.id);
  t.is(exclusion?.proofs.length, 1, 'only of the new rule');
  // One object has the old rule applied, the others have not.
  const rules = new Set<string>();
  for (const { rulesetId } of await batchesOf(pipeline, both.id)) {
    rules.add((await pipeline.target.library.get(rulesetId)).rules.map(({ name }) => name).join());
  }
  t.deepEqual([...rules], ['B'], 'candidates are scanned with the new rule only');
  t.is((await matched(pipeline)).length, 11);
});

async function batchesOf({ target }: TestTarget, scanId: string) {
  const found = [];
  for (let index = 0; index < 10; index += 1) {
    const batch = await target.state.scans.getBatch(scanId, `${scanId}/${String(index).padStart(8, '0')}`);
    if (batch !== null && batch.objects.length > 0) found.push(batch);
  }
  return found;
}

test('a full scan reads everything', async (t) => {
  const pipeline = await indexed(t);
  await pipeline.publish({ 'a.yar': ruleFor('A', 'file-07') });
  await pipeline.retro();
  t.like(await pipeline.retro({ full: true }), { counts: { objects: 20, scanned: 20, excluded: 0 } });
});

test('with a rule that may match anything, all is scanned at once', async (t) => {
  const pipeline = await indexed(t);
  await pipeline.publish({ 'a.yar': ruleFor('A', 'file-07'), 'b.yar': 'rule B { condition: true }' });
  const scan = await pipeline.retro();
  t.like(scan, { counts: { objects: 20, scanned: 20, excluded: 0 } });
  t.deepEqual(await pipeline.target.state.scans.exclusions(scan.id), []);
});

test('new and changed files are scanned, also where the index does not know them', async (t) => {
  const pipeline = await indexed(t);
  await pipeline.write({ 'file-03': 'file-07 is here now', new: 'file-07 is here, too' });
  await pipeline.publish({ 'a.yar': ruleFor('A', 'file-07') });
  t.like(await pipeline.retro(), { counts: { objects: 21, scanned: 3, excluded: 18, matches: 3 } });
});

test('a scan puts a damaged index right, and scans the objects meanwhile', async (t) => {
  const pipeline = await indexed(t);
  const [damaged] = await pipeline.target.segments.list();
  const path = join(pipeline.dir, 'state', 'index', segmentFile(damaged as Segment));
  const bytes = await readFile(path);
  // Of the filters; not of the end, which shows which objects it has.
  await writeFile(path, bytes.fill(0, 0, 64));
  // With it, the new segment is another one.
  await pipeline.write({ new: 'one more' });
  await pipeline.publish({ 'a.yar': ruleFor('A', 'file-07') });
  t.like(await pipeline.retro(), { counts: { objects: 21, scanned: 21, excluded: 0, matches: 1 } });
  t.false((await pipeline.target.segments.list()).some(({ name }) => name === damaged?.name));

  await pipeline.publish({ 'a.yar': ruleFor('A', 'file-08') });
  t.like(await pipeline.retro(), { counts: { objects: 21, scanned: 1, excluded: 20, matches: 1 } });
});
