import test from 'ava';
import { openEngineRules } from '../../testing/rules/engine-rules.ts';
import { compareWithEngine } from '../../testing/rules/missed-matches.ts';
import { plantedCorpus, plantedRules } from '../../testing/rules/planted-corpus.ts';
import { reversinglabsRules, withoutReversinglabsRules } from '../../testing/rules/reversinglabs.ts';
import { loadRules } from '../load-rules.ts';
import { parseSource } from '../syntax/parse.ts';
import { narrowingOf } from './narrowing.ts';
import { createRequirementReader } from './read-requirement.ts';

test('no file is excluded in which the engine finds a ReversingLabs rule', async (t) => {
  t.timeout(600_000);
  if (reversinglabsRules === undefined) {
    t.log(withoutReversinglabsRules);
    t.pass();
    return;
  }
  const { files } = await loadRules(reversinglabsRules);
  const contents = [...plantedCorpus(files), ...plantedRules(files)];
  const { missed, matched, excluded } = compareWithEngine(files, contents, { open: openEngineRules });
  t.log(`${matched} matches in ${contents.length} files, ${excluded} pairs of a rule and a file excluded`);
  t.deepEqual(missed, []);
  t.true(matched > 200);
});

test('nearly every ReversingLabs rule narrows what has to be read', async (t) => {
  if (reversinglabsRules === undefined) {
    t.log(withoutReversinglabsRules);
    t.pass();
    return;
  }
  const { files } = await loadRules(reversinglabsRules);
  const kinds = files.flatMap(({ source }) => {
    const { rules } = parseSource(source);
    const read = createRequirementReader(rules);
    return rules.map(({ name }) => narrowingOf(read(name)).kind);
  });
  const narrow = kinds.filter((kind) => kind !== 'nothing').length;
  t.log(`${narrow} of ${kinds.length} rules`);
  t.true(narrow / kinds.length > 0.99);
});
