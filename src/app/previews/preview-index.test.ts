import { createHash } from 'node:crypto';
import test from 'ava';
import { indexCorpus } from '../../testing/index/index-corpus.ts';
import { previewRequest } from '../../testing/local/preview-request.ts';
import { createTestTarget, ruleFor } from '../../testing/local/test-target.ts';
import { planPreview } from './plan-preview.ts';
import { previewAims, readPreviewSummary } from './preview-result.ts';

const files = Object.fromEntries(
  Array.from({ length: 30 }, (_, index) => [
    `f${index}`,
    `file ${index} has ${index % 10 === 0 ? 'alpha' : 'nothing'}`,
  ]),
);
const sha256 = createHash('sha256').update('file 7 has nothing').digest('hex');
const md5 = createHash('md5').update('file 8 has nothing').digest('hex');

async function previews(t: Parameters<typeof createTestTarget>[0]) {
  const pipeline = await createTestTarget(t);
  const { target } = pipeline;
  const { scans, records } = target.state;
  await pipeline.write(files);
  await pipeline.start();
  const preview = async (request: ReturnType<typeof previewRequest>) => {
    await target.startPreview(request);
    const scan = await pipeline.ended(request.scanId);
    return { scan, summary: await readPreviewSummary(scans, scan.id, previewAims(request.ruleset)) };
  };
  const plan = (request: ReturnType<typeof previewRequest>) =>
    planPreview({ ...target, records, scans }, request.ruleset, {
      buckets: target.buckets,
      filter: {},
      sample: 1,
      maxObjects: 1000,
    });
  return { ...pipeline, preview, plan };
}

test('a preview finds the same with an index, and reads only what can match before or after the change', async (t) => {
  const { target, preview, plan } = await previews(t);
  const request = () =>
    previewRequest({ now: { 'a.yar': ruleFor('A', 'alpha') }, before: { 'a.yar': ruleFor('A', 'file 5 has') } });
  const before = await preview(request());
  await indexCorpus(target);
  const after = await preview(request());
  t.like(before.summary, { scanned: 30, excluded: 0, gainedObjects: 3 });
  t.like(after.scan, { state: 'completed', counts: { objects: 30, scanned: 4, excluded: 26 } });
  t.deepEqual(after.summary, { ...before.summary, scanned: 4, excluded: 26 });
  t.like(await plan(request()), { objects: 30, excludedObjects: 26 });
  const { matches } = await target.state.matches.list({ filter: {}, limit: 10 });
  t.deepEqual(matches, [], 'nothing is recorded');
});

test('a content that the meta of a rule names is scanned, though the index excludes it', async (t) => {
  const { target, preview } = await previews(t);
  await indexCorpus(target);
  for (const [name, hash] of [
    ['sha256', sha256],
    ['md5', md5],
  ] as const) {
    const rule = ruleFor('A', 'alpha', `hash = "${hash}"`);
    const { scan, summary } = await preview(previewRequest({ now: { 'a.yar': rule } }));
    t.like(scan.counts, { scanned: 4, excluded: 26 }, name);
    t.is(summary.hashes[0]?.state, 'missed', name);
  }
});

test('what a preview proved is not evaluated again by the retro scan of the merge', async (t) => {
  const { target, preview, publish, retro } = await previews(t);
  await indexCorpus(target);
  const { scan } = await preview(previewRequest({ now: { 'a.yar': ruleFor('A', 'alpha') } }));
  await publish({ 'a.yar': ruleFor('A', 'alpha') });
  const merged = await retro();
  t.like(merged, { counts: { objects: 30, scanned: 3, excluded: 27, matches: 3 } });
  const [exclusion] = await target.state.scans.exclusions(merged.id);
  t.like(exclusion, { rows: 0, proofs: [], groups: [{ earlier: [scan.id] }] });
});
