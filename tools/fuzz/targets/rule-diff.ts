import { diffRulesets } from '../../../src/rules/diff-rulesets.ts';
import { previewRuleset } from '../../../src/rules/preview-ruleset.ts';
import { buildRuleset, subsetRuleset } from '../../../src/rules/ruleset.ts';
import { type FuzzTarget, require } from '../fuzz-target.ts';
import { ruleSeeds, ruleWords } from '../seeds/rules.ts';

const separator = '// ---- after ----\n';
const engine = { name: 'yara-x', version: '1' };

/** A ruleset does not differ from itself; a part of a ruleset has rules of the same logic. */
export const target: FuzzTarget = {
  name: 'rule-diff',
  of: [
    'src/rules/diff-rulesets.ts',
    'src/rules/compare-logic.ts',
    'src/rules/ruleset.ts',
    'src/rules/preview-ruleset.ts',
  ],
  syntax: 'text',
  seeds: () => ruleSeeds().flatMap((source) => [source, `${source}${separator}${source.replaceAll('a', 'b')}`]),
  words: [...ruleWords, separator],
  maxBytes: 16_384,
  run(input) {
    const [before = '', after = before] = input.toString().split(separator);
    const build = (source: string) => buildRuleset([{ namespace: 'n', source }], engine);
    const [base, head] = [build(before), build(after)];
    for (const { rules } of [base, head])
      if (new Set(rules.map(({ name }) => name)).size < rules.length) return 'two rules of one name';
    const { changes, unchanged } = diffRulesets(base, head);
    if (before === after) require(changes.length === 0 && unchanged === head.rules.length, 'nothing changed');
    const half = new Set(head.rules.filter((_, index) => index % 2 === 0).map(({ logicHash }) => logicHash));
    const known = new Map(head.rules.map(({ name, logicHash }) => [name, logicHash]));
    const part = subsetRuleset(head, half).rules;
    require(part.every(({ name, logicHash }) => known.get(name) === logicHash), 'rules keep their logic in a part');
    const carried = new Set(part.map(({ logicHash }) => logicHash));
    require([...half].every((logicHash) => carried.has(logicHash)), 'a part has all that it was asked for');
    previewRuleset(base, head);
    return [...new Set(changes.map(({ kind }) => kind))].sort().join(', ') || 'no changes';
  },
};
