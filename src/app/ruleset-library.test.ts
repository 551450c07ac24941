import test from 'ava';
import { openLocalState } from '../adapters/local/state.ts';
import { RearviewError } from '../domain/errors.ts';
import type { RulesetImage } from '../domain/ruleset.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import { buildRuleset } from '../rules/ruleset.ts';
import { tempFolder } from '../testing/temp-folder.ts';
import { createRulesetLibrary } from './ruleset-library.ts';

const image: RulesetImage = {
  engineSha256: 'a'.repeat(64),
  baseSha256: 'b'.repeat(64),
  memoryBytes: 65_536,
  references: 132,
  rulesAddress: 1024,
  externals: [],
  memory: Uint8Array.from([1, 2, 3]),
};
const plain = buildRuleset([{ namespace: 'a.yar', source: 'rule a { condition: true }' }], {
  name: 'yara-x',
  version: '1.20.0',
});

test('a ruleset is stored once, and again only with an image for another engine', async (t) => {
  const state = openLocalState(tempFolder(t), { visibilityMs: 1000, maxReceives: 3, corpusNotice: () => '' });
  t.teardown(() => state.close());
  // Each is another process: what one remembers the next has to read.
  const open = () => createRulesetLibrary({ store: state.stores.rulesets, pointers: state.pointers });
  const stored = async () => (await open().get(plain.id)).image?.engineSha256 ?? null;

  await open().put(plain);
  t.is(await stored(), null);
  await open().put({ ...plain, image });
  t.is(await stored(), image.engineSha256);
  const without = open();
  await without.put(plain);
  t.is((await without.get(plain.id)).image?.engineSha256, image.engineSha256, 'who has none uses the stored one');
  t.is(await stored(), image.engineSha256);
  const other = { ...image, engineSha256: 'c'.repeat(64) };
  const library = open();
  await library.put({ ...plain, image: other });
  t.is(await stored(), other.engineSha256);
  t.deepEqual((await library.get(plain.id)).image, other);
});

test('where what is stored may not be written again, it stays as it is, and a problem says so', async (t) => {
  const state = openLocalState(tempFolder(t), { visibilityMs: 1000, maxReceives: 3, corpusNotice: () => '' });
  t.teardown(() => state.close());
  const { rulesets } = state.stores;
  const writtenOnce: ObjectStore = {
    ...rulesets,
    put(key, content, options) {
      if (options?.ifAbsent === true) return rulesets.put(key, content, options);
      throw new RearviewError('ERR_OBJECT_DENIED', 'Access Denied');
    },
  };
  const problems: string[] = [];
  const open = () =>
    createRulesetLibrary({
      ...{ store: writtenOnce, pointers: state.pointers },
      onImageKept: (rulesetId) => problems.push(rulesetId),
    });
  await open().put({ ...plain, image });
  t.deepEqual(problems, []);
  const other = { ...image, engineSha256: 'c'.repeat(64) };
  const library = open();
  await library.put({ ...plain, image: other });
  t.deepEqual(problems, [plain.id]);
  t.is((await library.get(plain.id)).image?.engineSha256, image.engineSha256);
  t.is((await open().get(plain.id)).image?.engineSha256, image.engineSha256);

  await rulesets.put(`rulesets/${plain.id}`, Buffer.from('damaged'));
  await t.throwsAsync(
    open().put({ ...plain, image }),
    { code: 'ERR_OBJECT_DENIED' },
    'what nobody can read is not kept',
  );
});
