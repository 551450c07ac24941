import { join } from 'node:path';
import test from 'ava';
import { openContentCache } from '../../../adapters/local/content-cache.ts';
import { engineInfo } from '../../../engine/module/engine-module.ts';
import { buildRuleset } from '../../../rules/ruleset.ts';
import { createTestTarget, ruleFor } from '../../../testing/local/test-target.ts';
import { publishRuleset } from '../publish-ruleset.ts';
import { completeImage } from './complete-image.ts';
import { createKeptImages } from './kept-images.ts';

const rulesetOf = (word: string) =>
  buildRuleset([{ namespace: `${word}.yar`, source: ruleFor(word, word) }], engineInfo());
const now = () => 0;
const never = new AbortController().signal;

test('a ruleset that was published without an image gets one, and stays the active one', async (t) => {
  const { target, dir } = await createTestTarget(t);
  const cache = openContentCache(join(dir, 'cache'), { now });
  if (cache === null) return t.fail();
  const images = createKeptImages(cache);
  const ruleset = rulesetOf('one');
  const { current } = await publishRuleset(target.library, ruleset, { now });
  await completeImage(target, ruleset, images, { rulesDir: '/rules', now, signal: never });
  const stored = await target.library.inspect(ruleset.id);
  t.truthy(stored.ruleset.image);
  t.is(stored.distrust, null);
  t.like(await target.library.current(), { rulesetId: ruleset.id, sequence: current.sequence });
  t.deepEqual(images.of(ruleset)?.memory, stored.ruleset.image?.memory);
  t.deepEqual([...(images.base('/rules')?.sources.keys() ?? [])], ['one.yar']);
  t.is(images.base('/other'), null);
  cache.close();
});

test('an image that is ready when another ruleset is active does not bring the old one back', async (t) => {
  const { target, dir } = await createTestTarget(t);
  const cache = openContentCache(join(dir, 'cache'), { now });
  if (cache === null) return t.fail();
  const [old, next] = [rulesetOf('old'), rulesetOf('next')];
  await publishRuleset(target.library, old, { now });
  await publishRuleset(target.library, next, { now });
  await completeImage(target, old, createKeptImages(cache), { rulesDir: '/rules', now, signal: never });
  t.is((await target.library.current())?.rulesetId, next.id);
  cache.close();
});

test('a compilation that is no longer needed ends, and nothing is kept', async (t) => {
  const { target, dir } = await createTestTarget(t);
  const cache = openContentCache(join(dir, 'cache'), { now });
  if (cache === null) return t.fail();
  const images = createKeptImages(cache);
  const abort = new AbortController();
  const asked = completeImage(target, rulesetOf('one'), images, { rulesDir: '/rules', now, signal: abort.signal });
  abort.abort();
  await t.throwsAsync(asked);
  t.is(images.base('/rules'), null);
  cache.close();
});
