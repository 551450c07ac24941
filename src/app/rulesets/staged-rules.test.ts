import test from 'ava';
import { openLocalState } from '../../adapters/local/state.ts';
import { buildRuleset } from '../../rules/ruleset.ts';
import { testTrust } from '../../testing/local/test-signer.ts';
import { ruleFor } from '../../testing/local/test-target.ts';
import { tempFolder } from '../../testing/temp-folder.ts';
import { publishRuleset } from './publish-ruleset.ts';
import { createRulesetLibrary } from './ruleset-library.ts';
import { noteStagedRules, readStagedSince, stagedRules } from './staged-rules.ts';

const staged = 'status = "staged"';
const engine = { name: 'yara-x', version: '1.20.0' };
const rulesetOf = (...sources: readonly string[]) =>
  buildRuleset(
    sources.map((source, at) => ({ namespace: `${at}.yar`, source })),
    engine,
  );
const logicOf = (source: string) => rulesetOf(source).rules[0]?.logicHash ?? '';
const iso = (ms: number) => new Date(ms).toISOString();

function createParts(t: Parameters<typeof tempFolder>[0]) {
  const state = openLocalState(tempFolder(t), { visibilityMs: 1000, maxReceives: 3, corpusNotice: () => '' });
  t.teardown(() => state.close());
  const { pointers } = state;
  const library = createRulesetLibrary({ store: state.stores.rulesets, pointers, ...testTrust });
  return {
    ...{ pointers, library },
    publish: (...sources: readonly string[]) => publishRuleset(library, rulesetOf(...sources), { now: () => 0 }),
    note: (ms: number) => noteStagedRules({ pointers, library, now: () => ms }),
    since: () => readStagedSince(pointers),
  };
}

test('a staged rule is noted once, with the first time that it was seen active; a rule that is no longer staged is forgotten', async (t) => {
  const { publish, note, since } = createParts(t);
  t.deepEqual(await note(1), new Map());
  const [a, b] = [ruleFor('A', 'aaaa', staged), ruleFor('B', 'bbbb', staged)];
  await publish(a, ruleFor('C', 'cccc'));
  t.deepEqual(await since(), new Map(), 'nothing is noted by looking');
  await note(1000);
  await publish(b, a);
  const both = await note(2000);
  t.deepEqual(
    both,
    new Map(
      [
        [logicOf(a), iso(1000)],
        [logicOf(b), iso(2000)],
      ].toSorted() as [string, string][],
    ),
  );
  t.deepEqual(await since(), both);
  await publish(b, ruleFor('A', 'aaaa'));
  t.deepEqual(await note(3000), new Map([[logicOf(b), iso(2000)]]));
  await publish(b, a);
  t.is((await note(4000)).get(logicOf(a)), iso(4000), 'it starts again');
});

test('changed logic starts again; other meta, another name or another file does not', async (t) => {
  const { publish, note } = createParts(t);
  await publish(ruleFor('A', 'aaaa', staged));
  await note(1000);
  const renamed = ruleFor('Renamed', 'aaaa', `author = "x" ${staged}`);
  await publish(ruleFor('Other', 'oooo'), renamed);
  t.deepEqual(await note(2000), new Map([[logicOf(renamed), iso(1000)]]));
  const changed = ruleFor('Renamed', 'aaaab', staged);
  await publish(changed);
  t.deepEqual(await note(3000), new Map([[logicOf(changed), iso(3000)]]));
});

test('if another ruleset becomes active and is noted meanwhile, that note stays', async (t) => {
  const { library, pointers, publish, note, since } = createParts(t);
  const later = ruleFor('Later', 'llll', staged);
  await publish(ruleFor('A', 'aaaa', staged));
  let isFirst = true;
  const slow: typeof library = {
    ...library,
    async current() {
      const current = await library.current();
      if (isFirst) {
        isFirst = false;
        await publish(later);
        await note(1000);
      }
      return current;
    },
  };
  const noted = await noteStagedRules({ pointers, library: slow, now: () => 2000 });
  t.deepEqual(noted, new Map([[logicOf(later), iso(1000)]]));
  t.deepEqual(await since(), noted);
});

test('a private rule reports nothing, and is not promoted', (t) => {
  t.deepEqual(stagedRules(rulesetOf(`private ${ruleFor('A', 'aaaa', staged)}`)), []);
});
