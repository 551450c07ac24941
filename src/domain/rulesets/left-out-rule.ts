import { ruleId } from './rule.ts';

/** A rule of a public collection that is not part of a ruleset, and why. */
export interface LeftOutRule {
  /**
   * - `quarantined`: it does not compile, or needs a rule that does not
   * - `duplicate`: an earlier rule has the same logic
   */
  readonly kind: 'quarantined' | 'duplicate';
  readonly namespace: string;
  /** Null for text outside of rules, such as an import. */
  readonly rule: string | null;
  /** Path below the rules folder, with `/`: that of an included file where the reason is there. */
  readonly file: string;
  /** From 1; 0 if the reason has no place. */
  readonly line: number;
  readonly column: number;
  /** Code of the diagnostic, such as `E009`; `duplicate-logic` for a duplicate. */
  readonly code: string;
  /** The reason, without a period at the end. */
  readonly reason: string;
}

/** Returns `namespace:name`; the namespace for text outside of rules. */
export function leftOutId({ namespace, rule }: Pick<LeftOutRule, 'namespace' | 'rule'>): string {
  return rule === null ? namespace : ruleId({ namespace, name: rule });
}
