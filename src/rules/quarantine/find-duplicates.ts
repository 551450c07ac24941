import { isStaged, type RuleEntry, ruleId } from '../../domain/rulesets/rule.ts';
import { isVendored } from '../vendored.ts';

/** A public rule with the logic of an earlier one. */
export interface DuplicateRule {
  readonly rule: RuleEntry;
  /** `namespace:name` of the rule that stays. */
  readonly of: string;
}

/**
 * Finds the rules of `vendor/` that have the logic of another rule: of one outside of `vendor/`, or
 * of an earlier one in it. A staged rule never replaces one that alerts. Private and global rules stay, and so do rules that another rule which
 * stays needs.
 * @param rules sorted by namespace, then in source order
 * @param rank position of the source of a namespace: of duplicates, the first source wins. Default:
 *   all alike, so the first namespace wins
 */
export function findDuplicates(
  rules: readonly RuleEntry[],
  rank: (namespace: string) => number = () => 0,
): readonly DuplicateRule[] {
  const ordered = rules.toSorted(
    (a, b) =>
      Number(isStaged(a)) - Number(isStaged(b)) ||
      Number(isVendored(a.namespace)) - Number(isVendored(b.namespace)) ||
      rank(a.namespace) - rank(b.namespace),
  );
  const firsts = new Map<string, RuleEntry>();
  const duplicates = new Map<string, DuplicateRule>();
  for (const rule of ordered) {
    if (rule.private || rule.global) continue;
    const first = firsts.get(rule.logicHash);
    if (first === undefined) firsts.set(rule.logicHash, rule);
    else if (isVendored(rule.namespace)) duplicates.set(ruleId(rule), { rule, of: ruleId(first) });
  }
  keepNeeded(rules, duplicates);
  return rules.flatMap((rule) => duplicates.get(ruleId(rule)) ?? []);
}

/** A rule that stays needs rules before it, so later ones are looked at first. Dependencies are transitive. */
function keepNeeded(rules: readonly RuleEntry[], duplicates: Map<string, DuplicateRule>): void {
  for (const { namespace, dependencies, ...rule } of rules.toReversed()) {
    if (duplicates.has(ruleId({ namespace, name: rule.name }))) continue;
    for (const name of dependencies) duplicates.delete(ruleId({ namespace, name }));
  }
}
