import test from 'ava';
import { checkSources } from '../../../testing/rules/check-sources.ts';
import { definitions } from '../../../testing/rules/definitions.ts';
import { reversinglabsRules, withoutReversinglabsRules } from '../../../testing/rules/reversinglabs.ts';
import { loadRules } from '../../load-rules.ts';
import { suppressWarnings } from './suppress-warnings.ts';

test('the ReversingLabs rules keep their logic and have no warnings left', async (t) => {
  if (reversinglabsRules === undefined) {
    t.log(withoutReversinglabsRules);
    t.pass();
    return;
  }
  const { files } = await loadRules(reversinglabsRules);
  t.is(files.length, 274);
  const codes = checkSources(files).warnings.map(({ code }) => code);
  t.true(codes.length > 0);
  const results = files.map(({ namespace, source }) => ({ namespace, source: suppressWarnings(source, codes) }));
  t.deepEqual(checkSources(results), { errors: [], warnings: [] });
  files.forEach(({ namespace, source }, index) => {
    t.deepEqual(definitions(results[index]?.source ?? ''), definitions(source), namespace);
  });
});
