import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import test from 'ava';
import fc from 'fast-check';
import { openLocalState } from '../../adapters/local/state.ts';
import { logicOf } from '../../domain/rulesets/ruleset.ts';
import { buildRuleset } from '../../rules/ruleset.ts';
import { testTrust } from '../../testing/local/test-signer.ts';
import { ruleFor } from '../../testing/local/test-target.ts';
import { runs } from '../../testing/runs.ts';
import { publishRuleset } from '../rulesets/publish-ruleset.ts';
import { createRulesetLibrary } from '../rulesets/ruleset-library.ts';
import { followScan, lastOf } from './follow-scan.ts';
import { startRetro } from './retro-scans.ts';

/** The ruleset of the main branch after this many merges, each of which added a rule. */
const rulesetAfter = (merges: number) =>
  buildRuleset(
    Array.from({ length: merges }, (_, at) => ({ namespace: `r${at}.yar`, source: ruleFor(`R${at}`, `text ${at}`) })),
    { name: 'yara-x', version: '1.20.0' },
  );
const shaOf = (at: number) => String(at).padStart(40, '0');

test('after simultaneous merges in any order, one scan covers all of them, and every other leads to it or continues', async (t) => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom([1, 2], [2, 1], [1, 2, 3], [1, 1, 2]),
      fc.scheduler(),
      async (merges, scheduler) => {
        const dir = mkdtempSync(join(tmpdir(), 'rearview-'));
        const state = openLocalState(dir, { visibilityMs: 1000, maxReceives: 3, corpusNotice: () => '' });
        try {
          const library = createRulesetLibrary({
            store: state.stores.rulesets,
            pointers: state.pointers,
            ...testTrust,
          });
          const { scans } = state;
          const turn = () => scheduler.schedule(Promise.resolve());
          const slowLibrary: typeof library = {
            ...library,
            current: () => turn().then(library.current),
            moveCurrent: (...move) => turn().then(() => library.moveCurrent(...move)),
          };
          const slowScans: typeof scans = {
            ...scans,
            create: (...scan) => turn().then(() => scans.create(...scan)),
            list: (...query) => turn().then(() => scans.list(...query)),
            setState: (...change) => turn().then(() => scans.setState(...change)),
          };
          /** Publishes and starts a scan, like the workflow of a merge. */
          const merge = async (at: number) => {
            const commit = { sha: shaOf(at), isContainedIn: async (other: string) => Number(other) >= at };
            await publishRuleset(slowLibrary, rulesetAfter(at), { now: Date.now, commit });
            const scope = { buckets: ['corpus'], filter: {}, full: false, expected: null };
            const parts = { scans: slowScans, library: slowLibrary };
            const { scan } = await startRetro({ ...parts, now: Date.now }, scope);
            return scan.id;
          };
          const all = Promise.all(merges.map(merge));
          await scheduler.waitFor(all, async (step) => {
            await step();
            // Before the next is chosen each has come to where it waits: else they take turns.
            await nextTurn();
          });
          const latest = rulesetAfter(Math.max(...merges));
          t.is((await library.current())?.rulesetId, latest.id);
          const running = await scans.list({ kind: 'retro', states: ['running'], limit: 100 });
          t.true(
            running.some(({ rulesetId }) => rulesetId === latest.id),
            'of the active ruleset',
          );
          for (const id of await all) {
            const [first, ...others] = await followScan(scans, id);
            const last = lastOf([first, ...others]);
            t.is(last.state, 'running');
            const covered = new Set(logicOf(await library.get(last.rulesetId)));
            t.true(logicOf(await library.get(first.rulesetId)).every((logic) => covered.has(logic)));
          }
        } finally {
          state.close();
          rmSync(dir, { recursive: true });
        }
      },
    ),
    { numRuns: runs(200) },
  );
});
