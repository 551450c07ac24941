import { ruleId } from '../domain/rule.ts';
import type { Ruleset } from '../domain/ruleset.ts';
export function describeDiff(base: Ruleset | null, head: Ruleset): string[] {
  const a = new Set(base?.rules.map(ruleId));
  return head.rules.filter((r) => !a.has(ruleId(r))).map((r) => `+ ${ruleId(r)}`);
}
