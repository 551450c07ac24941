import { type LeftOutRule, leftOutId } from '../../domain/rulesets/left-out-rule.ts';
import { ruleId } from '../../domain/rulesets/rule.ts';
import { isVendored } from '../../rules/vendored.ts';
import type { RulesetLibrary } from '../rulesets/ruleset-library.ts';

/** Why a rule has no part in the active ruleset. */
export type LeftOutReason = Pick<LeftOutRule, 'kind' | 'reason'>;

/**
 * Returns why rules, by `namespace:name`, are left out of the active ruleset now. Empty if none is,
 * or if no ruleset is active. Its file is read only for public rules.
 * @throws RearviewError as `RulesetLibrary.get`
 */
export async function leftOutNow(
  library: Pick<RulesetLibrary, 'current' | 'get'>,
  rules: readonly string[],
): Promise<ReadonlyMap<string, LeftOutReason>> {
  const wanted = new Set(rules.filter(isVendored));
  const current = wanted.size === 0 ? null : await library.current();
  if (current === null) return new Map();
  const { leftOut = [], rules: used } = await library.get(current.rulesetId);
  // Of two rules with one name in a file, the first is used.
  for (const rule of used) wanted.delete(ruleId(rule));
  return new Map(
    leftOut.flatMap((each): readonly [string, LeftOutReason][] => {
      const rule = leftOutId(each);
      return wanted.has(rule) ? [[rule, { kind: each.kind, reason: each.reason }]] : [];
    }),
  );
}
