import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import test from 'ava';
import { hasCode } from '../../domain/errors.ts';
import { isInSample } from '../../domain/scans/in-sample.ts';
import { previewRequest } from '../../testing/local/preview-request.ts';
import { createTestTarget, ruleFor } from '../../testing/local/test-target.ts';
import { moveRetro, startRetro } from '../scans/retro-scans.ts';
import { checkPreview, newPreviewId, previewIdPattern } from './preview-scans.ts';

const alpha = { 'a.yar': ruleFor('Alpha', 'alpha') };
const wider = { 'a.yar': ruleFor('Alpha', 'al') };
const digest = (algorithm: string, text: string) => createHash(algorithm).update(text).digest('hex');
const keyOf = (path: string) => path.slice(path.lastIndexOf('/') + 1);

test('a preview records for each object which rules match now and which did before, and nothing else', async (t) => {
  const { target, write, publish, start, retro, ended, ledger, alerts } = await createTestTarget(t);
  await write({ one: 'an alpha', two: 'al', three: 'nothing' });
  await publish(alpha);
  await start();
  await retro();
  const alerted = await alerts();
  const { matches: known } = await target.state.matches.list({ filter: {}, limit: 10 });
  const records = async () => {
    const objects = (await target.readers.get('file')?.list({ after: null, limit: 10 }))?.objects ?? [];
    return target.state.records.getMany(objects);
  };
  const recorded = await records();
  t.is(recorded.length, 3);

  const request = previewRequest({ now: wider, before: alpha }, { expected: { objects: 3, bytes: 17 } });
  await target.startPreview(request);
  const scan = await ended(request.scanId);
  t.like(scan, {
    ...{ kind: 'preview', state: 'completed', preview: { sample: 1, sha256: [] }, rulesetId: request.ruleset.id },
    ...{ expected: { objects: 3, bytes: 17 }, listed: { objects: 3, bytes: 17 } },
    counts: { objects: 3, scanned: 3, covered: 0, skipped: 0, failed: 0, matches: 3 },
  });
  const entries = new Map((await ledger(scan.id)).map((entry) => [keyOf(entry.key), entry]));
  const string = { identifier: '$a', offset: 3, length: 5 };
  t.deepEqual(entries.get('one')?.preview?.hits, [
    { rule: 'before/a.yar:Alpha', strings: [string] },
    { rule: 'now/a.yar:Alpha', strings: [{ ...string, length: 2 }] },
  ]);
  t.deepEqual(
    entries.get('two')?.preview?.hits.map(({ rule }) => rule),
    ['now/a.yar:Alpha'],
  );
  t.like(entries.get('three'), {
    ...{ sha256: digest('sha256', 'nothing'), outcome: { status: 'scanned', matches: 0 } },
    preview: { md5: digest('md5', 'nothing'), hits: [] },
  });
  t.true(Date.parse(entries.get('one')?.preview?.arrivedAt ?? '') > 0);

  t.deepEqual(await records(), recorded);
  t.deepEqual((await target.state.matches.list({ filter: {}, limit: 10 })).matches, known);
  t.deepEqual(await alerts(), alerted);
  t.like(await target.library.current(), { sequence: 1 });
  // Nothing that it had scanned counts as covered.
  await publish(wider);
  t.like((await retro()).counts, { scanned: 3, covered: 0, matches: 2 });
});

test('a preview also scans covered objects', async (t) => {
  const { target, write, publish, start, retro, ended } = await createTestTarget(t);
  await write({ one: 'alpha' });
  await publish({ 'now/a.yar': ruleFor('Alpha', 'alpha') });
  await start();
  await retro();
  const request = previewRequest({ now: alpha });
  await target.startPreview(request);
  t.like((await ended(request.scanId)).counts, { scanned: 1, covered: 0, matches: 1 });
});

test('a preview lists its sample, and the contents that its rules name if the records know them', async (t) => {
  const { target, corpusDir, write, publish, start, retro, ended, ledger } = await createTestTarget(t);
  const files = Object.fromEntries(Array.from({ length: 60 }, (_, index) => [`f${index}`, `alpha ${index}`]));
  await write(files);
  await publish(alpha);
  await start();
  await retro();
  const sample = 0.25;
  const { objects = [] } = (await target.readers.get('file')?.list({ after: null, limit: 100 })) ?? {};
  const outside = objects.find((each) => !isInSample(each, sample));
  const wanted = objects.filter((each) => isInSample(each, sample) || each === outside);
  t.true(wanted.length > 1 && wanted.length < 60, `${corpusDir}: a sample that is not a sample`);
  const content = files[keyOf(outside?.key ?? '')] ?? '';

  const request = previewRequest({ now: alpha }, { sample, sha256: [digest('sha256', content), 'ab'.repeat(32)] });
  await target.startPreview(request);
  const scan = await ended(request.scanId);
  t.deepEqual((await ledger(scan.id)).map(({ key }) => key).sort(), wanted.map(({ key }) => key).sort());
  t.like(scan, { listed: { objects: wanted.length }, counts: { objects: wanted.length, matches: wanted.length } });
});

test('a preview ignores objects outside its filter, and records an outcome for those that are too large', async (t) => {
  const { target, write, start, ended, ledger } = await createTestTarget(t, { maxObjectBytes: 100 });
  await write({ 'in/a': 'alpha', 'in/large': 'x'.repeat(101), small: 'alpha' });
  await start();
  const [root = ''] = await target.corpusRoots();
  const request = previewRequest({ now: alpha }, { filter: { prefix: `${root}/in/` } });
  await target.startPreview(request);
  const scan = await ended(request.scanId);
  t.like(scan.counts, { objects: 2, scanned: 1, skipped: 1, matches: 1 });
  t.is(scan.listed.objects, 2);
  t.true(
    (await ledger(scan.id)).every(({ preview, outcome }) => (preview !== undefined) === (outcome.status === 'scanned')),
  );
});

test('requesting a preview twice creates one, and two previews do not replace each other', async (t) => {
  const { target, write, start, ended } = await createTestTarget(t);
  await write({ a: 'alpha' });
  const request = previewRequest({ now: alpha });
  await target.startPreview(request);
  await target.startPreview({ ...request, sample: 0.5 });
  const other = { ...request, scanId: newPreviewId(Date.now()) };
  await target.startPreview(other);
  await start();
  t.like(await ended(request.scanId), { preview: { sample: 1 }, counts: { scanned: 1 } });
  await target.startPreview(request);
  t.like(await ended(other.scanId), { counts: { scanned: 1 } });
  t.is((await target.state.scans.list({ kind: 'preview', limit: 10 })).length, 2);
});

test('rules that do not compile end a preview with the error of the engine', async (t) => {
  const { target, write, start, ended } = await createTestTarget(t);
  await write({ a: 'alpha' });
  await start();
  const request = previewRequest({ now: { 'a.yar': 'rule Broken { condition: nothing_of_that_name }' } });
  await target.startPreview(request);
  const scan = await ended(request.scanId);
  t.is(scan.state, 'failed');
  t.regex(scan.error ?? '', /nothing_of_that_name/);
});

test('rules that take too long fail only their objects, and the preview ends', async (t) => {
  const { target, write, start, ended, ledger } = await createTestTarget(t, { deadlineMs: 3_000 });
  await write({ a: 'alpha', b: 'beta' });
  await start();
  const slow =
    'rule Slow { strings: $a = "alpha" condition: $a and for all i in (0..1000000) : ( for all j in (0..1000000) : ( uint8(i % 4) >= 0 or uint8(j % 4) >= 0 ) ) }';
  const request = previewRequest({ now: { 'a.yar': slow } });
  await target.startPreview(request);
  t.like(await ended(request.scanId), { state: 'completed', counts: { objects: 2, scanned: 1, failed: 1 } });
  const outcomes = new Map((await ledger(request.scanId)).map(({ key, outcome }) => [keyOf(key), outcome]));
  t.like(outcomes.get('a'), { status: 'failed', reason: 'timeout' });
});

test('a preview can be cancelled by its own command or by "retro cancel", is not paused, and does not count as a retro scan', async (t) => {
  const { target, write, publish, begin } = await createTestTarget(t);
  const { scans } = target.state;
  const at = new Date().toISOString();
  await write({ a: 'alpha' });
  await publish(alpha);
  const retro = await begin();
  const [one, two] = [previewRequest({ now: alpha }), previewRequest({ now: alpha })];
  for (const each of [one, two]) await target.startPreview(each);
  for (const move of ['pause', 'resume'] as const) {
    const refused = await t.throwsAsync(moveRetro(scans, one.scanId, move, at));
    t.true(hasCode(refused, 'ERR_STATE'));
  }
  t.like(await moveRetro(scans, one.scanId, 'cancel', at), { state: 'cancelled' });
  await target.cancelPreview(two.scanId);
  t.like(await scans.get(two.scanId), { state: 'cancelled' });
  await t.notThrowsAsync(target.cancelPreview(two.scanId));
  t.true(hasCode(await t.throwsAsync(target.cancelPreview(retro.id)), 'ERR_USAGE'));
  t.like(await scans.get(retro.id), { state: 'running' });
});

test('a preview that is cancelled before it exists does not start later', async (t) => {
  const { target, write, start } = await createTestTarget(t);
  await write({ a: 'alpha' });
  const request = previewRequest({ now: alpha });
  await target.cancelPreview(request.scanId);
  await target.startPreview(request);
  await start();
  const other = previewRequest({ now: alpha });
  await target.startPreview(other);
  while ((await target.state.scans.get(other.scanId))?.state === 'running') await sleep(5);
  t.like(await target.state.scans.get(request.scanId), { state: 'cancelled', counts: { objects: 0 } });
});

test('a retro scan that supersedes earlier ones does not touch previews', async (t) => {
  const { target, write, publish, begin } = await createTestTarget(t);
  const { scans } = target.state;
  await write({ a: 'alpha' });
  const request = previewRequest({ now: alpha });
  await target.startPreview(request);
  await publish(alpha);
  await begin();
  const options = { buckets: target.buckets, filter: {}, full: true, expected: null };
  t.true((await startRetro({ scans, library: target.library, now: Date.now }, options)).created);
  t.like(await scans.get(request.scanId), { state: 'running' });
});

test('a preview that cannot be had is refused before anything is stored, with the reason', async (t) => {
  const { target } = await createTestTarget(t);
  const request = previewRequest({ now: alpha });
  const wrong: readonly (readonly [Partial<typeof request>, RegExp])[] = [
    [{ scanId: 'retro-20260101T000000-abcdef' }, /Invalid preview id/],
    [{ scanId: 'preview-20260101T000000-ABCDEF' }, /Invalid preview id/],
    [{ sample: 1.1 }, /from 0 to 1/],
    [{ sample: Number.NaN }, /from 0 to 1/],
    [{ sha256: ['AB'.repeat(32)] }, /Invalid SHA-256/],
    [{ sha256: Array.from({ length: 1001 }, () => 'ab'.repeat(32)) }, /1000 contents/],
    [{ ruleset: previewRequest({}).ruleset }, /no rules/],
    [{ ruleset: { ...request.ruleset, sources: [{ namespace: 'a.yar', source: '' }] } }, /namespace a\.yar/],
    [{ inventories: ['s3://inventories/manifest.json'] }, /Inventories are only for S3 buckets/],
  ];
  for (const [fields, message] of wrong) {
    await t.throwsAsync(target.startPreview({ ...request, ...fields }), { message }, message.source);
  }
  const many = Array.from({ length: 2001 }, (_, index) => `rule r${index} { condition: true }`).join('\n');
  t.throws(() => checkPreview(previewRequest({ now: { 'many.yar': many } })), {
    message: /2,000 rules \(previews\.maxRules\), and there are 2,001/,
  });
  const long = Array.from({ length: 1700 }, (_, index) => `rule ${'r'.repeat(120)}${index} { condition: true }`);
  t.throws(() => checkPreview(previewRequest({ now: { 'l.yar': long.join('\n') } })), { message: /200000 bytes/ });
  t.deepEqual(await target.state.scans.list({ limit: 10 }), []);
  t.deepEqual((await target.state.stores.rulesets.list({ after: null, limit: 10 })).objects, []);
});

test('ids of previews sort by time, and each is different', (t) => {
  const ids = [0, 1_000_000_000_000, 1_764_000_000_000].map(newPreviewId);
  for (const id of ids) t.regex(id, previewIdPattern);
  t.deepEqual(ids.toSorted(), ids);
  t.not(newPreviewId(0), newPreviewId(0));
});
