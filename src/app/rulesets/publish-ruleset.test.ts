import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import test from 'ava';
import fc from 'fast-check';
import { openLocalState } from '../../adapters/local/state.ts';
import { RearviewError } from '../../domain/errors.ts';
import { engineInfo } from '../../engine/module/engine-module.ts';
import { buildRuleset } from '../../rules/ruleset.ts';
import { testTrust } from '../../testing/local/test-signer.ts';
import { ruleFor } from '../../testing/local/test-target.ts';
import { runs } from '../../testing/runs.ts';
import { tempFolder } from '../../testing/temp-folder.ts';
import { history } from './current-ruleset.ts';
import { type PublishedCommit, publishRuleset } from './publish-ruleset.ts';
import { rollbackRuleset } from './rollback-ruleset.ts';
import { createRulesetLibrary } from './ruleset-library.ts';

/** A ruleset that the current engine compiled. */
const compiled = (word: string) => buildRuleset([{ namespace: word, source: ruleFor(word, word) }], engineInfo());
const rulesetOf = (word: string) =>
  buildRuleset([{ namespace: word, source: ruleFor(word, word) }], { name: 'yara-x', version: '1.20.0' });

test('publishing an earlier ruleset makes it active again, under a new number', async (t) => {
  const state = openLocalState(tempFolder(t), { visibilityMs: 1000, maxReceives: 3, corpusNotice: () => '' });
  t.teardown(() => state.close());
  const library = createRulesetLibrary({ store: state.stores.rulesets, pointers: state.pointers, ...testTrust });
  const [good, bad] = [rulesetOf('good'), rulesetOf('bad')];
  for (const each of [good, bad]) await publishRuleset(library, each, { now: () => 0 });
  const { state: how, current } = await publishRuleset(library, rulesetOf('good'), { now: () => 0, replaces: bad.id });
  t.is(how, 'published');
  t.like(current, { rulesetId: good.id, sequence: 3 });
  t.is(current.earlier[0]?.rulesetId, bad.id);
  t.deepEqual(await library.current(), current);
  t.is((await library.get(bad.id)).id, bad.id, 'what was withdrawn is kept');
});

const shaOf = (at: number) => String(at).padStart(40, '0');

/** A commit of a history without branches, numbered. */
function commitOf(at: number): PublishedCommit {
  return { sha: shaOf(at), isContainedIn: async (other) => Number(other) >= at };
}

/**
 * Before the next is chosen each has come to where it waits: else they take turns, and none is ever
 * left behind.
 */
async function oneByOne(step: () => Promise<void>): Promise<void> {
  await step();
  await nextTurn();
}

test('however publishers of commits race, the ruleset of the latest commit becomes active, and numbers increase', async (t) => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 5 }),
      fc.scheduler(),
      async (commits, scheduler) => {
        const dir = mkdtempSync(join(tmpdir(), 'rearview-'));
        const state = openLocalState(dir, { visibilityMs: 1000, maxReceives: 3, corpusNotice: () => '' });
        try {
          const publisher = (at: number) => {
            const library = createRulesetLibrary({
              store: state.stores.rulesets,
              pointers: state.pointers,
              ...testTrust,
            });
            const slow: typeof library = {
              ...library,
              current: () => scheduler.schedule(Promise.resolve(), `${at} reads`).then(library.current),
              moveCurrent: (...move) =>
                scheduler.schedule(Promise.resolve(), `${at} moves`).then(() => library.moveCurrent(...move)),
            };
            // Every other commit changes no rule.
            return publishRuleset(slow, rulesetOf(`word${at >> 1}`), { now: () => at, commit: commitOf(at) });
          };
          const all = Promise.all(commits.map(publisher));
          await scheduler.waitFor(all, oneByOne);
          const results = await all;
          const library = createRulesetLibrary({
            store: state.stores.rulesets,
            pointers: state.pointers,
            ...testTrust,
          });
          const current = await library.current();
          const latest = Math.max(...commits);
          if (current === null) throw new Error('no ruleset is active');
          t.is(current.commit, shaOf(latest));
          t.is(current.rulesetId, rulesetOf(`word${latest >> 1}`).id);
          t.is(current.sequence, results.filter(({ state: how }) => how === 'published').length);
          const order = history(current).map(({ commit }) => Number(commit));
          t.deepEqual(
            order,
            order.toSorted((a, b) => b - a),
          );
        } finally {
          state.close();
          rmSync(dir, { recursive: true });
        }
      },
    ),
    { numRuns: runs(60) },
  );
});

test('a ruleset that was rolled back does not become active again by its commit or an earlier one', async (t) => {
  const steps = fc.oneof(fc.integer({ min: 1, max: 6 }), fc.constant('back' as const));
  await fc.assert(
    fc.asyncProperty(fc.array(steps, { minLength: 1, maxLength: 10 }), fc.scheduler(), async (moves, scheduler) => {
      const dir = mkdtempSync(join(tmpdir(), 'rearview-'));
      const state = openLocalState(dir, { visibilityMs: 1000, maxReceives: 3, corpusNotice: () => '' });
      try {
        const open = () =>
          createRulesetLibrary({ store: state.stores.rulesets, pointers: state.pointers, ...testTrust });
        for (const at of [1, 2, 3]) {
          await publishRuleset(open(), compiled(`word${at}`), { now: () => 0, commit: commitOf(at) });
        }
        const move = (step: number | 'back') => {
          const library = open();
          const slow: typeof library = {
            ...library,
            current: () => scheduler.schedule(Promise.resolve()).then(library.current),
            moveCurrent: (...to) => scheduler.schedule(Promise.resolve()).then(() => library.moveCurrent(...to)),
          };
          if (step !== 'back')
            return publishRuleset(slow, compiled(`word${step}`), { now: () => 0, commit: commitOf(step) });
          // There may be none before, and another process may be faster.
          return rollbackRuleset(slow, { now: () => 0 }).catch((error: RearviewError) => error.code);
        };
        const all = Promise.all([...moves, 'back' as const].map(move));
        await scheduler.waitFor(all, oneByOne);
        await all;
        const current = await open().current();
        const highest = Math.max(0, ...(current === null ? [] : history(current)).map(({ commit }) => Number(commit)));
        const before = JSON.stringify(await open().current());
        for (let at = 1; at <= highest; at += 1) {
          const again = { now: () => 0, commit: commitOf(at) };
          t.is((await publishRuleset(open(), rulesetOf(`again${at}`), again)).state, 'superseded', `${at}`);
        }
        t.is(JSON.stringify(await open().current()), before);
      } finally {
        state.close();
        rmSync(dir, { recursive: true });
      }
    }),
    { numRuns: runs(6) },
  );
});

test('after a rollback, its own commit changes nothing and returns the rolled-back ruleset, and a later commit is published', async (t) => {
  const state = openLocalState(tempFolder(t), { visibilityMs: 1000, maxReceives: 3, corpusNotice: () => '' });
  t.teardown(() => state.close());
  const library = createRulesetLibrary({ store: state.stores.rulesets, pointers: state.pointers, ...testTrust });
  const publish = (word: string, at: number) =>
    publishRuleset(library, compiled(word), { now: () => at, commit: commitOf(at) });
  await publish('one', 1);
  await publish('two', 3);
  await rollbackRuleset(library, { now: () => 4 });
  t.like(await publish('two', 3), { state: 'superseded', supersededBy: { sequence: 2, commit: shaOf(3) } });
  t.like(await publish('between', 2), { state: 'superseded', supersededBy: { sequence: 2 } });
  t.like(await publish('one', 1), { state: 'unchanged', current: { sequence: 3 }, supersededBy: null });
  t.like(await publish('one', 5), { state: 'unchanged', current: { commit: shaOf(5), firstCommit: shaOf(1) } });
  t.like(await publish('two', 3), { state: 'superseded' });
  t.like(await publish('three', 6), { state: 'published', current: { sequence: 4, firstCommit: shaOf(6) } });
});

test('publishing again writes nothing; a later commit with the same rules is recorded, and an earlier one is not', async (t) => {
  const state = openLocalState(tempFolder(t), { visibilityMs: 1000, maxReceives: 3, corpusNotice: () => '' });
  t.teardown(() => state.close());
  const library = createRulesetLibrary({ store: state.stores.rulesets, pointers: state.pointers, ...testTrust });
  const revision = async () => (await state.pointers.get('ruleset/current'))?.revision;
  const publish = (word: string, at: number) =>
    publishRuleset(library, rulesetOf(word), { now: () => at, commit: commitOf(at) });
  t.like(await publish('first', 1), { state: 'published', before: null });
  const written = await revision();
  t.like(await publish('first', 1), { state: 'unchanged' });
  t.is(await revision(), written);
  t.like(await publish('first', 4), { state: 'unchanged', current: { sequence: 1, commit: shaOf(4) } });
  t.not(await revision(), written);
  const noted = await revision();
  t.like(await publish('second', 3), { state: 'superseded', current: { sequence: 1, commit: shaOf(4) } });
  await t.throwsAsync(library.get(rulesetOf('second').id), { code: 'ERR_NOT_FOUND' }, 'nor is it stored');
  t.like(await publish('other', 4), { state: 'superseded' }, 'a commit has one ruleset');
  t.is(await revision(), noted);
  t.like(await publish('second', 5), { state: 'published', current: { sequence: 2 }, before: { commit: shaOf(4) } });
});

test('if it is unknown which commit is later, nothing is written', async (t) => {
  const state = openLocalState(tempFolder(t), { visibilityMs: 1000, maxReceives: 3, corpusNotice: () => '' });
  t.teardown(() => state.close());
  const library = createRulesetLibrary({ store: state.stores.rulesets, pointers: state.pointers, ...testTrust });
  await publishRuleset(library, rulesetOf('first'), { now: () => 0, commit: commitOf(1) });
  const before = await library.current();
  const isContainedIn = async () => {
    throw new RearviewError('ERR_STATE', 'shallow');
  };
  const commit = { sha: shaOf(2), isContainedIn };
  await t.throwsAsync(publishRuleset(library, rulesetOf('second'), { now: () => 0, commit }), { code: 'ERR_STATE' });
  t.deepEqual(await library.current(), before);
  const byHand = await publishRuleset(library, rulesetOf('second'), { now: () => 0 });
  t.like(byHand.current, { sequence: 2, commit: null });
  t.like(await publishRuleset(library, rulesetOf('third'), { now: () => 0, commit }), { state: 'published' });
});
