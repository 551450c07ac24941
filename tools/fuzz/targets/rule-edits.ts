import { isStaged } from '../../../src/domain/rulesets/rule.ts';
import { promoteRule } from '../../../src/rules/edits/promote-rule.ts';
import { removeRule } from '../../../src/rules/edits/remove-rule.ts';
import { hashRules } from '../../../src/rules/logic-hash.ts';
import { parseSource } from '../../../src/rules/syntax/parse.ts';
import { type FuzzTarget, require } from '../fuzz-target.ts';
import { ruleSeeds, ruleWords } from '../seeds/rules.ts';

const maxRules = 4;
const logicOf = (source: string): readonly string[] =>
  hashRules(parseSource(source), '').map(({ rule, logicHash }) => `${rule.name} ${logicHash}`);

/** An edit changes its rule and no other. */
export const target: FuzzTarget = {
  name: 'rule-edits',
  of: ['src/rules/edits/promote-rule.ts', 'src/rules/edits/remove-rule.ts', 'src/rules/edits/remove-tokens.ts'],
  syntax: 'text',
  seeds: ruleSeeds,
  words: [...ruleWords, 'meta: status = "staged"', 'status = "sta\\x67ed"', 'status = "stable"'],
  maxBytes: 16_384,
  run(input) {
    const source = input.toString();
    const { rules, problems } = parseSource(source);
    const outcomes = new Set<string>();
    const logic = logicOf(source);
    const names = rules.map(({ name }) => name);
    for (const rule of rules.slice(0, maxRules)) {
      const { name } = rule;
      const isOnly = names.filter((each) => each === name).length === 1;
      const promoted = promoteRule(source, name);
      const removed = removeRule(source, name);
      if (promoted !== null) outcomes.add('promoted');
      outcomes.add(removed.kind);
      if (problems.length > 0 || !isOnly) continue;
      require((promoted !== null) === isStaged(rule), 'a staged rule is promoted, and no other');
      if (promoted !== null) {
        require(`${logicOf(promoted)}` === `${logic}`, 'a promotion changes no logic');
        require(parseSource(promoted).rules.every(
          (each) => each.name !== name || !isStaged(each),
        ), 'a promoted rule is not staged');
      }
      if (removed.kind === 'removed') {
        const others = logic.filter((_, at) => names[at] !== name);
        require(`${logicOf(removed.source)}` === `${others}`, 'a removal leaves the other rules as they are');
        require(parseSource(removed.source).problems.length === 0, 'a removal leaves nothing that cannot be read');
      }
    }
    return [...outcomes].sort().join(', ') || 'no rules';
  },
};
