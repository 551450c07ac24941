import test, { type ExecutionContext } from 'ava';
import { openLocalState } from '../../adapters/local/state.ts';
import type { Ruleset } from '../../domain/rulesets/ruleset.ts';
import { buildImage } from '../../engine/build-image.ts';
import { engineInfo } from '../../engine/module/engine-module.ts';
import { buildRuleset, subsetRuleset } from '../../rules/ruleset.ts';
import { encodeRuleset } from '../../rules/ruleset-file.ts';
import { testTrust } from '../../testing/local/test-signer.ts';
import { ruleFor } from '../../testing/local/test-target.ts';
import { tempFolder } from '../../testing/temp-folder.ts';
import { publishRuleset } from './publish-ruleset.ts';
import { rollbackRuleset } from './rollback-ruleset.ts';
import { createRulesetLibrary } from './ruleset-library.ts';

const now = () => 0;
const rulesetOf = (word: string, engine: Ruleset['engine'] = engineInfo()) =>
  buildRuleset([{ namespace: `${word}.yar`, source: ruleFor(word, word) }], engine);

function openLibrary(t: ExecutionContext) {
  const state = openLocalState(tempFolder(t), { visibilityMs: 1000, maxReceives: 3, corpusNotice: () => '' });
  t.teardown(() => state.close());
  const open = () => createRulesetLibrary({ store: state.stores.rulesets, pointers: state.pointers, ...testTrust });
  return { state, library: open(), open };
}

async function publishAll(t: ExecutionContext, words: readonly string[]) {
  const parts = openLibrary(t);
  for (const [index, word] of words.entries()) {
    const commit = { sha: String(index + 1).padStart(40, '0'), isContainedIn: async () => false };
    await publishRuleset(parts.library, rulesetOf(word), { now, commit });
  }
  return parts;
}

test('a rollback goes one back, under a new number and with the commit of its target, and a second one goes further', async (t) => {
  const { library } = await publishAll(t, ['one', 'two', 'three']);
  const first = await rollbackRuleset(library, { now });
  t.like(first, { changed: true, before: { sequence: 3 } });
  t.like(first.current, { rulesetId: rulesetOf('two').id, sequence: 4, returnsTo: 2, commit: '2'.padStart(40, '0') });
  t.deepEqual(await library.current(), first.current);
  const second = await rollbackRuleset(library, { now });
  t.like(second.current, { rulesetId: rulesetOf('one').id, sequence: 5, returnsTo: 1 });
  const error = await t.throwsAsync(rollbackRuleset(library, { now }), { code: 'ERR_NOT_FOUND' });
  t.regex(error.message, /no ruleset before[\s\S]*5 \([0-9a-f]{12}\), 4 \([0-9a-f]{12}\), 3 /i);
});

test('a ruleset is named by number, by id, or by the beginning of its id', async (t) => {
  const { library } = await publishAll(t, ['one', 'two', 'three']);
  const { id } = rulesetOf('one');
  for (const to of ['1', id, id.slice(0, 8), id.toUpperCase().slice(0, 20)]) {
    t.like((await rollbackRuleset(library, { to, now })).current, { rulesetId: id });
    t.like((await rollbackRuleset(library, { to: '3', now })).current, { rulesetId: rulesetOf('three').id });
  }
  const before = await library.current();
  t.like(await rollbackRuleset(library, { to: '3', now }), { changed: false, current: before }, 'nothing to do');
  t.deepEqual(await library.current(), before);
});

test('only a ruleset that was active before can be made active: no delta of a scan, no preview, no short or unknown name', async (t) => {
  const { library } = await publishAll(t, ['one', 'two']);
  const whole = buildRuleset(
    ['one', 'two'].map((word) => ({ namespace: word, source: ruleFor(word, word) })),
    engineInfo(),
  );
  const delta = subsetRuleset(whole, new Set(whole.rules.slice(0, 1).map(({ logicHash }) => logicHash)));
  await library.put(delta);
  for (const to of [delta.id, '9', '0', rulesetOf('one').id.slice(0, 7), 'latest', '']) {
    const error = await t.throwsAsync(rollbackRuleset(library, { to, now }), { code: 'ERR_NOT_FOUND' });
    t.true(error.message.includes(`2 (${rulesetOf('two').id.slice(0, 12)}), 1 (`), error.message);
  }
  t.like(await library.current(), { sequence: 2 });
});

test('a rollback that names the ruleset it replaces runs once, and never overrides another publisher', async (t) => {
  const { library } = await publishAll(t, ['one', 'two', 'three']);
  const replaces = rulesetOf('three').id;
  t.true((await rollbackRuleset(library, { replaces, now })).changed);
  await t.throwsAsync(rollbackRuleset(library, { replaces, now }), { code: 'ERR_CONFLICT' });
  t.like(await library.current(), { sequence: 4 });
  const racing: typeof library = {
    ...library,
    async inspect(rulesetId) {
      // Another process publishes while the earlier ruleset is tried.
      await publishRuleset(library, rulesetOf('four'), { now });
      return library.inspect(rulesetId);
    },
  };
  await t.throwsAsync(rollbackRuleset(racing, { to: '1', now }), { code: 'ERR_CONFLICT' });
  t.like(await library.current(), { rulesetId: rulesetOf('four').id });
});

test('a ruleset of an earlier engine is compiled by the current engine, and gets an image', async (t) => {
  const { library, open } = openLibrary(t);
  const old = rulesetOf('old', { name: 'yara-x', version: '0.1.0' });
  const image = await buildImage(old.sources);
  if (image === null) throw new Error('no image');
  const { engineSha256 } = image;
  await publishRuleset(library, { ...old, image: { ...image, engineSha256: 'a'.repeat(64) } }, { now });
  await publishRuleset(library, rulesetOf('new'), { now });
  t.like((await rollbackRuleset(open(), { now })).current, { rulesetId: old.id });
  t.is((await open().get(old.id)).image?.engineSha256, engineSha256);
});

test('a ruleset that cannot be read or no longer compiles is refused with a fix, and the active one stays', async (t) => {
  const { library, open, state } = await publishAll(t, ['one', 'two']);
  const broken = buildRuleset(
    [{ namespace: 'b.yar', source: 'import "nosuchmodule" rule b { condition: nosuchmodule.x == 1 }' }],
    engineInfo(),
  );
  await publishRuleset(library, broken, { now });
  await publishRuleset(library, rulesetOf('four'), { now });
  const before = await library.current();
  await state.stores.rulesets.put(`rulesets/${rulesetOf('two').id}`, Buffer.from('damaged'));
  for (const to of ['3', '2']) {
    const error = await t.throwsAsync(rollbackRuleset(open(), { to, now }), { code: 'ERR_RULESET_UNUSABLE' });
    t.regex(error.message, /git checkout (?:COMMIT|0{39}2) -- rules rule-tests[\s\S]*The active ruleset stays/);
  }
  t.deepEqual(await library.current(), before);
});

test('after a rollback, the next publish works, and its number increases', async (t) => {
  const { library } = await publishAll(t, ['one', 'two']);
  await rollbackRuleset(library, { now });
  const { state, current } = await publishRuleset(library, rulesetOf('three'), { now });
  t.is(state, 'published');
  t.like(current, { sequence: 4, returnsTo: null });
  t.like((await rollbackRuleset(library, { now })).current, { rulesetId: rulesetOf('one').id });
});

test('a caller that may not sign can still roll back, to the sources that were published', async (t) => {
  const { state, open } = await publishAll(t, ['one', 'two', 'three']);
  const { trusted } = testTrust;
  const withoutKey = () => createRulesetLibrary({ store: state.stores.rulesets, pointers: state.pointers, trusted });
  const [one, two] = [rulesetOf('one'), rulesetOf('two')];
  // Neither has an image, which a rollback makes and signs.
  const first = await rollbackRuleset(withoutKey(), { to: '2', now });
  t.like(first, { changed: true, current: { rulesetId: two.id } });
  t.regex(first.notSigned ?? '', /no signing key/);
  t.is((await open().inspect(two.id)).distrust, null, 'its file stays the one that was published');

  await state.stores.rulesets.put(`rulesets/${one.id}`, encodeRuleset({ ...one, rules: [] }));
  const second = await rollbackRuleset(withoutKey(), { to: '1', now });
  t.like(second, { changed: true, current: { rulesetId: one.id } });
  t.deepEqual((await open().get(one.id)).rules, one.rules);
  t.is((await open().inspect(one.id)).distrust?.kind, 'replaced', 'a forged file is still reported');
});

test('without a published ruleset, a rollback is an error', async (t) => {
  await t.throwsAsync(rollbackRuleset(openLibrary(t).library, { now }), { code: 'ERR_NOT_FOUND' });
});
