import { buildRuleset } from '../../../src/rules/ruleset.ts';
import { createScopeComparison } from '../../../src/rules/scope/compare-scope.ts';
import { parseSource } from '../../../src/rules/syntax/parse.ts';
import { type FuzzTarget, require } from '../fuzz-target.ts';
import { ruleSeeds, ruleWords } from '../seeds/rules.ts';

const separator = '// ---- after ----\n';
const engine = { name: 'yara-x', version: '1' };

/** Comparing what rules match always ends, and an unchanged rule keeps its matches. */
export const target: FuzzTarget = {
  name: 'rule-scope',
  of: ['src/rules/scope/compare-scope.ts', 'src/rules/scope/read-condition.ts', 'src/rules/scope/implies.ts'],
  syntax: 'text',
  seeds: () => ruleSeeds().flatMap((source) => [source, `${source}${separator}${source.replaceAll('and', 'or')}`]),
  words: [...ruleWords, separator],
  maxBytes: 16_384,
  run(input) {
    const [before = '', after = before] = input.toString().split(separator);
    const side = (source: string) => {
      const { rules } = parseSource(source);
      return { ruleset: buildRuleset([{ namespace: 'n', source }], engine), rulesOf: () => rules };
    };
    const [base, head] = [side(before), side(after)];
    if (hasTwins(base.ruleset.rules) || hasTwins(head.ruleset.rules)) return 'two rules of one name';
    const compare = createScopeComparison(base, head);
    const scopes = new Set<string>();
    for (const is of head.ruleset.rules) {
      const was = base.ruleset.rules.find(({ name }) => name === is.name);
      if (was === undefined) continue;
      const scope = compare(was, is);
      const isSure = before !== after || scope === 'same' || scope === 'unknown';
      require(isSure, 'a rule that did not change is neither broader nor narrower');
      scopes.add(scope);
    }
    return [...scopes].sort().join(', ') || 'nothing to compare';
  },
};

/** The engine refuses those, so no ruleset contains them. */
function hasTwins(rules: readonly { readonly name: string }[]): boolean {
  return new Set(rules.map(({ name }) => name)).size < rules.length;
}
