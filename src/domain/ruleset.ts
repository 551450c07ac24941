import type { RuleEntry, RuleSource } from './rule.ts';

/** A built ruleset: all that a scanner needs, immutable, named by its content. */
export interface Ruleset {
  readonly format: 1;
  /** Lower-case hex SHA-256 over engine version and sources. */
  readonly id: string;
  readonly engine: { readonly name: string; readonly version: string };
  /** Sorted by namespace. */
  readonly sources: readonly RuleSource[];
  /** In the order of `sources`, then of the source. Private rules included. */
  readonly rules: readonly RuleEntry[];
}

/** What the pointer `ruleset/current` holds. */
export interface CurrentRuleset {
  readonly rulesetId: string;
  /** 1 for the first ruleset ever published, then counting. */
  readonly sequence: number;
  /** ISO 8601 in UTC. */
  readonly publishedAt: string;
  /** The ruleset in force before, if any. */
  readonly previousId: string | null;
}

/** Logic hashes of all rules, sorted, without repetition. */
export function logicOf(ruleset: { readonly rules: readonly RuleEntry[] }): readonly string[] {
  return [...new Set(ruleset.rules.map((rule) => rule.logicHash))].sort();
}
