import { createHash, createPublicKey, generateKeyPairSync, sign } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import type { Ruleset } from '../../domain/rulesets/ruleset.ts';
import { buildImage } from '../../engine/build-image.ts';
import { engineInfo } from '../../engine/module/engine-module.ts';
import { buildRuleset, subsetRuleset } from '../../rules/ruleset.ts';
import { encodeRuleset } from '../../rules/ruleset-file.ts';
import { createTestSigner } from '../../testing/local/test-signer.ts';
import { createTestTarget, ruleFor, type TestTarget } from '../../testing/local/test-target.ts';
import { publishRuleset } from './publish-ruleset.ts';
import { signRuleset } from './sign-ruleset.ts';

type Sources = Readonly<Record<string, string>>;
const alpha: Sources = { 'a.yar': ruleFor('Alpha', 'alpha') };

async function rulesetOf(rules: Sources): Promise<Ruleset> {
  const sources = Object.entries(rules).map(([namespace, source]) => ({ namespace, source }));
  return { ...buildRuleset(sources, engineInfo()), image: await buildImage(sources) };
}

/** The ruleset under its own name, with an image that this engine loads and that finds nothing. */
async function blindfolded(ruleset: Ruleset): Promise<Ruleset> {
  const { image } = await rulesetOf({ 'a.yar': 'rule Alpha { condition: false }' });
  return { ...ruleset, image: image ?? null };
}

function problemsOf({ events }: TestTarget): readonly string[] {
  return events.flatMap((event) => (event.type === 'problem' ? [event.message] : []));
}

function plant({ target }: TestTarget, id: string, bytes: Uint8Array) {
  return target.state.stores.rulesets.put(`rulesets/${id}`, bytes);
}

test('a forged image in the place of the active ruleset is not used, and the problem is reported', async (t) => {
  const pipeline = await createTestTarget(t);
  const ruleset = await rulesetOf(alpha);
  await publishRuleset(pipeline.target.library, ruleset, { now: Date.now });
  const forged = await blindfolded(ruleset);
  await plant(pipeline, ruleset.id, await signRuleset(forged, createTestSigner()));
  await pipeline.write({ a: 'alpha' });
  await pipeline.start();
  const scan = await pipeline.retro();
  t.like(scan.counts, { objects: 1, scanned: 1, matches: 1 });
  t.is((await pipeline.alerts()).length, 1);
  const problems = problemsOf(pipeline).filter((each) => each.includes(ruleset.id.slice(0, 12)));
  t.is(problems.length, 1, 'once');
  t.regex(problems[0] ?? '', /is not used as it is: its SHA-256 is .*It was replaced/);
});

test('a state folder that came with its own key, image and pointer matches what its sources match', async (t) => {
  const pipeline = await createTestTarget(t);
  const { library } = pipeline.target;
  const ruleset = await rulesetOf(alpha);
  const { current } = await publishRuleset(library, ruleset, { now: Date.now });
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  writeFileSync(join(pipeline.dir, 'state', 'signing-key.pem'), privateKey.export({ format: 'pem', type: 'pkcs8' }));
  const bytes = await signRuleset(await blindfolded(ruleset), {
    publicKey: async () => createPublicKey(privateKey).export({ format: 'der', type: 'spki' }),
    sign: async (message) => sign('sha256', message, { key: privateKey, dsaEncoding: 'der' }),
  });
  await plant(pipeline, ruleset.id, bytes);
  const fileSha256 = createHash('sha256').update(bytes).digest('hex');
  t.true(await library.moveCurrent({ ...current, fileSha256 }, current));
  await pipeline.write({ a: 'alpha' });
  await pipeline.start();
  t.like((await pipeline.retro()).counts, { objects: 1, scanned: 1, matches: 1 });
  const problems = problemsOf(pipeline).filter((each) => /not created by this user on this machine/.test(each));
  t.is(problems.length, 1, 'once');
  const refused = { code: 'ERR_RULESET_UNUSABLE', message: /another writer has put it there/ } as const;
  await t.throwsAsync(publishRuleset(library, ruleset, { now: Date.now }), refused);
});

test('with only the image, other matches result, so the forged image would load', async (t) => {
  const pipeline = await createTestTarget(t);
  const ruleset = await rulesetOf(alpha);
  // Published as such by who has the key: an image decides what matches.
  await publishRuleset(pipeline.target.library, await blindfolded(ruleset), { now: Date.now });
  await pipeline.write({ a: 'alpha' });
  await pipeline.start();
  t.like((await pipeline.retro()).counts, { scanned: 1, matches: 0 });
});

test('a planted file is not published: the active ruleset stays, and still matches', async (t) => {
  const pipeline = await createTestTarget(t);
  await pipeline.publish(alpha);
  const next = await rulesetOf({ ...alpha, 'b.yar': ruleFor('Beta', 'beta') });
  await plant(pipeline, next.id, encodeRuleset(await blindfolded(next)));
  const { library } = pipeline.target;
  const refused = { code: 'ERR_RULESET_UNUSABLE', message: /another writer has put it there/ } as const;
  await t.throwsAsync(publishRuleset(library, next, { now: Date.now }), refused);
  t.like(await library.current(), { sequence: 1 });
  await pipeline.write({ a: 'alpha beta' });
  await pipeline.start();
  t.like((await pipeline.retro()).counts, { scanned: 1, matches: 1 });
});

test('a planted delta of a retro scan hides nothing, whatever it is', async (t) => {
  const beta = { ...alpha, 'b.yar': ruleFor('Beta', 'beta') };
  const whole = await rulesetOf(beta);
  const [rule] = whole.rules.filter(({ name }) => name === 'Beta');
  const delta = subsetRuleset(whole, new Set([rule?.logicHash ?? '']));
  const planted = [
    encodeRuleset(await blindfolded(delta)),
    encodeRuleset({ ...(await blindfolded(delta)), rules: [] }),
    await signRuleset(await blindfolded(delta), createTestSigner()),
  ];
  for (const bytes of planted) {
    const pipeline = await createTestTarget(t);
    await pipeline.publish(alpha);
    await pipeline.write({ a: 'alpha beta' });
    const running = await pipeline.start();
    t.like((await pipeline.retro()).counts, { scanned: 1, matches: 1 });
    await plant(pipeline, delta.id, bytes);
    await publishRuleset(pipeline.target.library, whole, { now: Date.now });
    // With the delta from its sources, or with the whole ruleset where something else is stored
    // under its name.
    t.like((await pipeline.retro()).counts, { scanned: 1, failed: 0 });
    t.deepEqual((await pipeline.alerts()).map(({ rule }) => rule.name).sort(), ['Alpha', 'Beta']);
    t.true(problemsOf(pipeline).some((each) => each.includes(delta.id.slice(0, 12))));
    await running.stop();
  }
});
