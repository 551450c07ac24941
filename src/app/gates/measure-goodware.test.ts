import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import fc from 'fast-check';
import { createGoodwareMemory } from '../../adapters/local/files/goodware-memory.ts';
import { createPathObjectReader } from '../../adapters/local/files/path-object-store.ts';
import { resolveRoot, walkPaths } from '../../adapters/local/files/walk-paths.ts';
import { encodePath } from '../../domain/objects/path-key.ts';
import { engineInfo } from '../../engine/module/engine-module.ts';
import { createScanPool } from '../../engine/pool/scan-pool.ts';
import type { GoodwareMemory } from '../../ports/goodware-memory.ts';
import { buildRuleset } from '../../rules/ruleset.ts';
import { ruleFor } from '../../testing/local/test-target.ts';
import { tempFolder } from '../../testing/temp-folder.ts';
import { createByteBudget } from '../analysis/byte-budget.ts';
import { measureGoodware } from './measure-goodware.ts';

const pool = createScanPool({ workers: 1 });
test.after.always(() => pool.close());

const texts = ['one', 'two', 'three'] as const;
type Files = Readonly<Record<string, string>>;

/** Measures a rule for each text in `vendor/`, and one of our own. */
async function measure(dir: string, files: Files, words: readonly string[], memory: GoodwareMemory | null) {
  const ruleset = buildRuleset(
    [
      { namespace: 'own.yar', source: ruleFor('Own', 'one') },
      ...words.map((word) => ({ namespace: `vendor/p/${word}.yar`, source: ruleFor(word, word) })),
    ],
    engineInfo(),
  );
  rmSync(join(dir, 'files'), { recursive: true, force: true });
  mkdirSync(join(dir, 'files'));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(dir, 'files', name), text);
  const reader = createPathObjectReader({ bucket: 'file', roots: [] });
  let listings = 0;
  const result = await measureGoodware({
    ...{
      ruleset,
      rules: ruleset.rules,
      exceptions: [],
      roots: ['files'],
      testsDir: '/nowhere',
      nowMs: 0,
      memory,
      pool,
    },
    ...{
      setting: ['files'],
      readAhead: 1,
      budget: createByteBudget(1e6),
      maxBytes: 1000,
      unpack: null,
      onProgress: () => undefined,
    },
    async *listFiles() {
      listings += 1;
      for await (const { location, ...file } of walkPaths([await resolveRoot('files', dir)])) {
        yield { ...file, reader, key: encodePath(location) };
      }
    },
  });
  const { used: _, ...rest } = result;
  return { result: rest, listings };
}

const fileSets = fc.dictionary(
  fc.constantFrom('a', 'b', 'c'),
  fc.array(fc.constantFrom(...texts, ' '), { minLength: 1, maxLength: 4 }).map((parts) => parts.join('')),
  { minKeys: 1, noNullPrototype: true },
);

test('whatever was measured before, the result is that of measuring everything', async (t) => {
  const dir = tempFolder(t);
  let state = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ files: fileSets, words: fc.subarray([...texts]) }), { minLength: 1, maxLength: 5 }),
      async (steps) => {
        const memory = createGoodwareMemory(join(dir, `state-${state++}`));
        for (const { files, words } of steps) {
          const { result } = await measure(dir, files, words, memory);
          const { result: expected } = await measure(dir, files, words, null);
          const withoutCount = (given: typeof result) => ({
            ...given,
            ...(given.public === undefined ? {} : { public: { ...given.public, remembered: 0 } }),
          });
          t.deepEqual(withoutCount(result), withoutCount(expected));
        }
      },
    ),
    { numRuns: 25 },
  );
});

test('a public rule is measured once for a state of the files, and again after they change', async (t) => {
  const dir = tempFolder(t);
  const memory = createGoodwareMemory(join(dir, 'state'));
  const rememberedOf = async (files: Files, words: readonly string[]) =>
    (await measure(dir, files, words, memory)).result.public?.remembered;
  t.is(await rememberedOf({ a: 'one' }, ['one']), 0);
  t.is(await rememberedOf({ a: 'one' }, ['one']), 1);
  t.is(await rememberedOf({ a: 'one' }, ['one', 'two']), 1, 'a new rule is measured');
  t.is(await rememberedOf({ a: 'one' }, ['one', 'two']), 2);
  t.is(await rememberedOf({ a: 'two' }, ['one', 'two']), 0, 'other bytes');
  t.is(await rememberedOf({ b: 'one' }, ['one', 'two']), 0, 'another name');
  t.is(await rememberedOf({ a: 'one' }, ['one', 'two']), 2, 'the first state is still known');
});

test('nothing is read twice if nothing is remembered', async (t) => {
  const dir = tempFolder(t);
  const memory = createGoodwareMemory(join(dir, 'state'));
  t.is((await measure(dir, { a: 'one' }, ['one'], memory)).listings, 1);
  t.is((await measure(dir, { a: 'one' }, [], memory)).listings, 1, 'rules of our own need no memory');
});
