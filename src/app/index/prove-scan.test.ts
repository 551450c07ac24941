import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { RearviewError } from '../../domain/errors.ts';
import type { Exclusion } from '../../domain/scans/exclusion.ts';
import { createScanPool } from '../../engine/pool/scan-pool.ts';
import { countBits, decodeBits, encodeBits, setBit } from '../../index/bits.ts';
import { indexCorpus } from '../../testing/index/index-corpus.ts';
import { createTestTarget, ruleFor, type TestTarget } from '../../testing/local/test-target.ts';
import { createByteBudget } from '../analysis/byte-budget.ts';
import { auditScan } from './audit-scan.ts';
import { proveScan } from './prove-scan.ts';

const files = Object.fromEntries(
  Array.from({ length: 16 }, (_, index) => [
    `${index}.txt`,
    `this is file ${index}, ${index === 3 ? 'a needle' : 'hay'}`,
  ]),
);

async function scanned(t: Parameters<typeof createTestTarget>[0]) {
  const pipeline = await createTestTarget(t);
  await pipeline.write(files);
  await indexCorpus(pipeline.target);
  await pipeline.start();
  await pipeline.publish({ 'a.yar': ruleFor('A', 'needle') });
  const first = await pipeline.retro();
  await pipeline.publish({ 'a.yar': ruleFor('A', 'needle'), 'b.yar': ruleFor('B', 'file 5') });
  return { pipeline, first, second: await pipeline.retro() };
}

async function proven({ target }: Pick<TestTarget, 'target'>, scanId: string) {
  const scan = await target.state.scans.get(scanId);
  if (scan === null) throw new Error('there is no scan');
  const ruleset = await target.library.get(scan.rulesetId);
  return proveScan({ scan, ruleset, scans: target.state.scans, segments: target.segments });
}

async function audited({ target }: TestTarget, scanId: string) {
  const { segments } = await proven({ target }, scanId);
  const pool = createScanPool({ workers: 1 });
  try {
    const scan = await target.state.scans.get(scanId);
    const ruleset = await target.library.get(scan?.rulesetId ?? '');
    const budget = createByteBudget(1e9);
    return await auditScan({ segments, ruleset, readers: target.readers, limits: target, pool, budget, sample: 100 });
  } finally {
    await pool.close();
  }
}

/** Changes what the ledger says that a scan excluded. */
async function forge({ target }: TestTarget, scanId: string, change: (exclusion: Exclusion) => Exclusion) {
  const { scans, db } = target.state;
  for (const each of await scans.exclusions(scanId)) {
    db.prepare('UPDATE exclusions SET exclusion = ? WHERE scan_id = ?').run(JSON.stringify(change(each)), scanId);
  }
}

/** Excludes every object of the segment. */
function everything(exclusion: Exclusion): Exclusion {
  const count = exclusion.segment.objects;
  return {
    ...exclusion,
    groups: exclusion.groups.slice(0, 1).map((group) => {
      const bits = decodeBits(group.bits, count);
      for (let place = 0; place < count; place += 1) setBit(bits, place);
      return { ...group, bits: encodeBits(bits), objects: countBits(bits) };
    }),
  };
}

test('what a scan excluded is proven, with the proofs of the scans before', async (t) => {
  const { pipeline, first, second } = await scanned(t);
  const one = await proven(pipeline, first.id);
  t.like(one, { excluded: 15, proven: 15, gone: 0, reread: 0, wrong: [] });
  const two = await proven(pipeline, second.id);
  t.like(two, { excluded: 15, proven: 15, gone: 0, reread: 0, wrong: [] });
  // Each once for each segment: of the second rule, and of the first, which the first scan proved.
  t.true(two.formulas > one.formulas && one.formulas > 0);
  t.deepEqual(await audited(pipeline, second.id), { scanned: 15, notScanned: 0, wrong: [] });
});

test('a ledger that excludes an object which can match is found out, and so is the match', async (t) => {
  const { pipeline, first } = await scanned(t);
  await forge(pipeline, first.id, everything);
  const { wrong, proven: count } = await proven(pipeline, first.id);
  t.is(count, 0);
  t.regex(wrong.join('\n'), /The scan counts 15 excluded objects, and its ledger has 16\./);
  t.regex(wrong.join('\n'), /objects were excluded that may match a\.yar:A\./);
  const audit = await audited(pipeline, first.id);
  t.is(audit.scanned, 16);
  t.regex(audit.wrong.join(), /^a\.yar:A: .*\/3\.txt$/);
});

test('a proof that names other candidates, or that is missing, is found out', async (t) => {
  const { pipeline, first, second } = await scanned(t);
  await forge(pipeline, first.id, (each) => ({
    ...each,
    proofs: each.proofs.map((proof) => ({ ...proof, digest: 'd'.repeat(64) })),
  }));
  t.regex((await proven(pipeline, first.id)).wrong.join(), /a\.yar:A has other candidates than those in the ledger/);
  await forge(pipeline, first.id, (each) => ({ ...each, proofs: [] }));
  t.regex((await proven(pipeline, second.id)).wrong.join(), /the ledger has no proof for a\.yar:A/);
});

test('a formula that was read in another way is evaluated as it is read now', async (t) => {
  const { pipeline, first } = await scanned(t);
  await forge(pipeline, first.id, (each) => ({
    ...each,
    proofs: each.proofs.map((proof) => ({ ...proof, planner: 'rearview.planner/0' })),
  }));
  t.like(await proven(pipeline, first.id), { proven: 15, reread: 1, wrong: [] });
});

test('objects whose segment is gone or damaged are not proven, and neither is a difference', async (t) => {
  const { pipeline, first } = await scanned(t);
  const [exclusion] = await pipeline.target.state.scans.exclusions(first.id);
  const { segments } = pipeline.target;
  if (exclusion === undefined) return t.fail();
  const { segment } = exclusion;
  const bytes = Uint8Array.from(await segments.read(segment, 0, segment.size));
  await segments.retire(segment);
  t.like(await proven(pipeline, first.id), { proven: 15, gone: 0, wrong: [] }, 'a retired segment can be read');
  await segments.remove(segment);
  t.like(await proven(pipeline, first.id), { excluded: 15, proven: 0, gone: 15, damaged: 0, damage: [], wrong: [] });
  await segments.put(segment, bytes.fill(0, 0, 100));
  const unproven = { excluded: 15, proven: 0, gone: 0, damaged: 15, wrong: [] };
  const damaged = await proven(pipeline, first.id);
  t.like(damaged, unproven);
  t.regex(damaged.damage.join(), /^Segment [0-9a-f]{12}: block 0 is damaged\.$/);
  for (const length of [0, 100, segment.size - 1]) {
    await segments.put(segment, bytes.slice(0, length));
    const cut = await proven(pipeline, first.id);
    t.like(cut, unproven, `${length} bytes`);
    t.regex(cut.damage.join(), /^Segment [0-9a-f]{12}: its file is too short\.$/);
  }
  const failing = {
    ...segments,
    read: () => Promise.reject(new RearviewError('ERR_UNAVAILABLE', 'no', { retryable: true })),
  };
  await t.throwsAsync(proven({ target: { ...pipeline.target, segments: failing } }, first.id), { message: 'no' });
});

test('objects that changed or are gone are not audited', async (t) => {
  const { pipeline, first } = await scanned(t);
  await rm(join(pipeline.corpusDir, '7.txt'));
  await writeFile(join(pipeline.corpusDir, '8.txt'), 'a needle, but later');
  t.deepEqual(await audited(pipeline, first.id), { scanned: 13, notScanned: 2, wrong: [] });
});
