import { suppressWarnings } from '../../../src/rules/lint/suppress/suppress-warnings.ts';
import { hashRules } from '../../../src/rules/logic-hash.ts';
import { parseSource } from '../../../src/rules/syntax/parse.ts';
import { type FuzzTarget, require } from '../fuzz-target.ts';
import { ruleSeeds, ruleWords } from '../seeds/rules.ts';

/** The copy that is compiled for scanning has the same rules. */
export const target: FuzzTarget = {
  name: 'suppress-warnings',
  of: ['src/rules/lint/suppress/suppress-warnings.ts'],
  syntax: 'text',
  seeds: ruleSeeds,
  words: [...ruleWords, '// suppress: a, b\n', '/* suppress: slow_pattern */'],
  run(input) {
    const source = input.toString();
    const suppressed = suppressWarnings(source, ['slow_pattern', 'text_as_hex']);
    const [was, is] = [parseSource(source), parseSource(suppressed)];
    if (was.problems.length > 0) {
      require(suppressed === source, 'what cannot be read stays as it is');
      return 'problems';
    }
    const logic = (parsed: typeof was) =>
      hashRules(parsed, '').map(({ rule, logicHash }) => [rule.name, rule.meta, rule.tags, logicHash]);
    require(is.problems.length === 0, 'the copy can be read');
    require(JSON.stringify(logic(is)) === JSON.stringify(logic(was)), 'the copy has the same rules');
    require(`${is.imports.map(({ value }) => value)}` === `${was.imports.map(({ value }) => value)}`, 'and imports');
    return 'suppressed';
  },
};
