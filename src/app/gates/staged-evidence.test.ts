import test from 'ava';
import { previewRequest } from '../../testing/local/preview-request.ts';
import { createTestTarget, ruleFor, type TestTarget } from '../../testing/local/test-target.ts';
import { noteStagedRules } from '../rulesets/staged-rules.ts';
import { stagedEvidence } from './staged-evidence.ts';

const staged = 'status = "staged"';
const rules = { 'a.yar': `${ruleFor('Alpha', 'alpha', staged)}${ruleFor('Loud', 'loud')}` };
const dayMs = 86_400_000;

async function upload({ target, until }: TestTarget, objects: Readonly<Record<string, string>>): Promise<void> {
  const arrived = async () => {
    const scans = await target.state.scans.list({ kind: 'live', limit: 10 });
    return scans.reduce((sum, { counts }) => sum + counts.objects, 0);
  };
  const before = await arrived();
  for (const [key, content] of Object.entries(objects)) await target.corpus.put(key, Buffer.from(content));
  await until(async () => (await arrived()) === before + Object.keys(objects).length);
}

const note = ({ target: { library, state } }: TestTarget, nowMs = Date.now()) =>
  noteStagedRules({ pointers: state.pointers, library, now: () => nowMs });

async function evidenceOf(test: TestTarget, since: ReadonlyMap<string, string>, nowMs = Date.now()) {
  const [evidence, ...others] = await stagedEvidence(test.target, { since, nowMs });
  if (evidence === undefined || others.length > 0) throw new Error('There is one staged rule.');
  return evidence;
}

test('matches in existing and arriving objects are counted separately, by contents and objects; a content that arrives again is live', async (t) => {
  const target = await createTestTarget(t);
  await target.write({ one: 'alpha one', two: 'alpha one', three: 'alpha three', four: 'loud' });
  await target.publish(rules);
  const since = await note(target);
  await target.start();
  const retro = await target.retro();
  await upload(target, { 'in/new': 'alpha new', 'in/same': 'alpha new', 'in/none': 'nothing', 'in/loud': 'loud' });
  await upload(target, { 'in/again': 'alpha one' });
  const nowMs = Date.now() + 3 * dayMs;
  const evidence = await evidenceOf(target, since, nowMs);
  t.like(evidence, {
    ...{ rule: 'a.yar:Alpha', since: [...since.values()][0], isWhole: true },
    retro: { contents: 2, objects: 3 },
    live: { contents: 1, objects: 3 },
    arrivedObjects: 5,
    rate: { from: 'retro', scanId: retro.id, hits: 3, objects: retro.counts.scanned },
  });
  t.true(evidence.soakedDays >= 3 && evidence.soakedDays < 3.1);
  t.is(evidence.examples.length, 3);
  t.like(evidence.examples.find(({ filepath }) => filepath === 'in/new') ?? evidence.examples[0], { objects: 2 });
  t.deepEqual(await target.alerts().then((all) => all.map(({ rule }) => rule.name)), ['Loud', 'Loud']);
});

test('an object that matched before the rule was staged is not a live match', async (t) => {
  const target = await createTestTarget(t);
  await target.publish(rules);
  await target.start();
  await upload(target, { 'in/before': 'alpha before', 'in/twice': 'alpha twice' });
  await new Promise((resolve) => setTimeout(resolve, 5));
  const since = await note(target);
  await new Promise((resolve) => setTimeout(resolve, 5));
  await upload(target, { 'in/after': 'alpha after', 'in/twice-again': 'alpha twice' });
  const evidence = await evidenceOf(target, since);
  t.deepEqual(evidence.live, { contents: 1, objects: 2 });
  t.deepEqual(evidence.retro, { contents: 2, objects: 2 });
  t.is(evidence.rate, null, 'no scan of the corpus was made');
});

test('the newest completed preview of the same logic gives the expected rate, whatever the file and name of the rule', async (t) => {
  const target = await createTestTarget(t);
  await target.write({ one: 'alpha', two: 'al', three: 'nothing', four: 'x' });
  await target.publish({ 'other.yar': ruleFor('Other', 'other') });
  await target.start();
  const preview = async (...[now, before]: readonly Readonly<Record<string, string>>[]) => {
    const request = previewRequest({ now: now ?? {}, before: before ?? {} });
    await target.target.startPreview(request);
    return target.ended(request.scanId);
  };
  const named = { 'b.yar': ruleFor('Earlier_Name', 'alpha') };
  await preview(named);
  await new Promise((resolve) => setTimeout(resolve, 1100));
  const { id } = await preview(named);
  await new Promise((resolve) => setTimeout(resolve, 1100));
  await preview({ 'a.yar': ruleFor('Alpha', 'al') }, { 'a.yar': ruleFor('Alpha', 'alpha') });
  await target.publish(rules);
  const since = await note(target);
  await target.retro();
  const evidence = await evidenceOf(target, since);
  t.deepEqual(evidence.rate, { from: 'preview', scanId: id, hits: 1, objects: 4 });
});

test('objects that a sample has only for their hash do not count', async (t) => {
  const target = await createTestTarget(t);
  await target.write({ one: 'alpha' });
  await target.publish(rules);
  const since = await note(target);
  await target.start();
  await target.retro();
  const [match] = (await target.target.state.matches.list({ filter: {}, limit: 1 })).matches;
  const request = previewRequest({ now: rules }, { sample: 0, sha256: [match?.sha256 ?? ''] });
  await target.target.startPreview(request);
  t.is((await target.ended(request.scanId)).counts.scanned, 1);
  t.like(await evidenceOf(target, since), { rate: { from: 'retro', hits: 1, objects: 1 } });
});

test('matches of an earlier logic, and alerts from before it was staged, do not count as evidence', async (t) => {
  const target = await createTestTarget(t);
  await target.write({ one: 'alpha', two: 'alphabet' });
  await target.publish({ 'a.yar': ruleFor('Alpha', 'alpha') });
  await target.start();
  await target.retro();
  await target.publish({ 'a.yar': ruleFor('Alpha', 'alphabet', staged) });
  const since = await note(target);
  await upload(target, { new: 'alphabet soup' });
  const { retro, live } = await evidenceOf(target, since);
  t.is(retro.objects, 0);
  t.deepEqual(live, { contents: 1, objects: 1 });
});
