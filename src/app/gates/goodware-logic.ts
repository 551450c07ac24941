import { isStaged } from '../../domain/rulesets/rule.ts';
import { logicOf, type Ruleset } from '../../domain/rulesets/ruleset.ts';
import { isVendored } from '../../rules/vendored.ts';

/**
 * The logic hashes that a change has to show goodware to: those that the base lacks, and those of
 * public rules that alert now and were staged in the base. As long as a public rule is staged, its
 * matches on goodware do not fail the gate.
 * @param base null stands for a ruleset without rules
 */
export function goodwareLogic(base: Ruleset | null, head: Ruleset): readonly string[] {
  const known = new Set(base === null ? [] : logicOf(base));
  const alerting = new Set((base?.rules ?? []).filter((rule) => !isStaged(rule)).map(({ logicHash }) => logicHash));
  const due = head.rules.filter((rule) => {
    const isPromoted = isVendored(rule.namespace) && !isStaged(rule) && !alerting.has(rule.logicHash);
    return isPromoted || !known.has(rule.logicHash);
  });
  return [...new Set(due.map(({ logicHash }) => logicHash))].sort();
}
