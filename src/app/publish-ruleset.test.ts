import test from 'ava';
import { openLocalState } from '../adapters/local/state.ts';
import { buildRuleset } from '../rules/ruleset.ts';
import { tempFolder } from '../testing/temp-folder.ts';
import { ruleFor } from '../testing/test-home.ts';
import { publishRuleset } from './publish-ruleset.ts';
import { createRulesetLibrary } from './ruleset-library.ts';

const rulesetOf = (word: string) =>
  buildRuleset([{ namespace: word, source: ruleFor(word, word) }], { name: 'yara-x', version: '1.20.0' });

test('publishing an earlier ruleset puts it in force again, under a new number', async (t) => {
  const state = openLocalState(tempFolder(t), { visibilityMs: 1000, maxReceives: 3, corpusNotice: () => '' });
  t.teardown(() => state.close());
  const library = createRulesetLibrary({ store: state.stores.rulesets, pointers: state.pointers });
  const [good, bad] = [rulesetOf('good'), rulesetOf('bad')];
  for (const each of [good, bad]) await publishRuleset(library, each, { now: () => 0 });
  const { state: how, current } = await publishRuleset(library, rulesetOf('good'), { now: () => 0, replaces: bad.id });
  t.is(how, 'published');
  t.like(current, { rulesetId: good.id, sequence: 3, previousId: bad.id });
  t.deepEqual(await library.current(), current);
  t.is((await library.get(bad.id)).id, bad.id, 'what was withdrawn is kept');
});
