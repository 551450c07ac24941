import { isStaged, type RuleEntry } from '../../domain/rulesets/rule.ts';
import type { RuleSourceConfig } from '../../rules/sources/source-config.ts';
import { collectionOf, isVendored } from '../../rules/vendored.ts';

/** The limit for the time of a rule. */
export interface Budget {
  /** Multiple of a rule with one plain text. */
  readonly maxTimes: number;
  /** False for staged public rules: above the limit, they are only reported. */
  readonly fails: boolean;
}

/**
 * Returns the budget of a rule: that of its source in `sources.yaml`, else that of the
 * configuration. Null if there is neither.
 * @param maxTimes `profile.maxTimes` of the configuration
 */
export function budgetOf(
  rule: RuleEntry,
  sources: readonly RuleSourceConfig[],
  maxTimes: number | null,
): Budget | null {
  const isPublic = isVendored(rule.namespace);
  const source = isPublic ? sources.find(({ namespace }) => namespace === collectionOf(rule.namespace)) : undefined;
  const limit = source?.budget ?? maxTimes;
  return limit === null ? null : { maxTimes: limit, fails: !isPublic || !isStaged(rule) };
}
