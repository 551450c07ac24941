import { type LeftOutRule, leftOutId } from '../domain/rulesets/left-out-rule.ts';
import { ruleId } from '../domain/rulesets/rule.ts';
import type { Ruleset } from '../domain/rulesets/ruleset.ts';

/** A public rule that is left out now, and was not, or for another reason. */
export interface LeftOutChange extends Pick<LeftOutRule, 'kind' | 'reason'> {
  /** Its `namespace:name`; the namespace for text outside of rules. */
  readonly rule: string;
  /** `used`: it is part of the base, so it is also a removed rule. */
  readonly was: 'used' | 'unused';
}

/** The public rules that are not part of a ruleset, compared with those of another. */
export interface LeftOutDiff {
  /** Number of them in the head. */
  readonly quarantined: number;
  readonly duplicates: number;
  /** In the order of the head. */
  readonly changes: readonly LeftOutChange[];
  /** Rules that the base left out and that are part of the head: they are also added rules. */
  readonly returned: readonly string[];
}

/**
 * Compares the public rules that are left out. Of two rules with one name in a file, the second is
 * left out and the first is used: such a name counts as used.
 * @param base null stands for a ruleset without rules
 */
export function diffLeftOut(base: Ruleset | null, head: Ruleset): LeftOutDiff {
  const [before, now] = [base?.leftOut ?? [], head.leftOut ?? []];
  const used = new Set(base?.rules.map(ruleId));
  const known = new Set(before.map(keyOf));
  const after = new Set(head.rules.map(ruleId));
  const quarantined = now.filter(({ kind }) => kind === 'quarantined').length;
  return {
    quarantined,
    duplicates: now.length - quarantined,
    changes: now
      .filter((each) => !known.has(keyOf(each)))
      .map((each): LeftOutChange => {
        const rule = leftOutId(each);
        return {
          kind: each.kind,
          rule,
          reason: each.reason,
          was: used.has(rule) && !after.has(rule) ? 'used' : 'unused',
        };
      }),
    returned: [...new Set(before.map(leftOutId))].filter((rule) => after.has(rule) && !used.has(rule)),
  };
}

/** Without the place: lines move. */
function keyOf({ kind, namespace, rule, reason }: LeftOutRule): string {
  return JSON.stringify([kind, namespace, rule, reason]);
}
