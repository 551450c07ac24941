import type { ExternalName } from './externals.ts';
import type { RuleEntry, RuleSource } from './rule.ts';
import type { VariableSlot } from './variables.ts';

/** A built ruleset: all that a scanner needs, immutable, named by its content. */
export interface Ruleset {
  /** Lower-case hex SHA-256 over engine version and sources, with the variables that these use. */
  readonly id: string;
  readonly engine: { readonly name: string; readonly version: string };
  /** Sorted by namespace. */
  readonly sources: readonly RuleSource[];
  /** In the order of `sources`, then of the source. Private rules included. */
  readonly rules: readonly RuleEntry[];
  /** What the sources compile to; absent or null where it was not made, or was damaged. Then the sources are compiled. */
  readonly image?: RulesetImage | null;
}

/**
 * A compiled ruleset: the memory of an engine that holds it, as what differs from the memory of a fresh one. It fits only the engine module it was made
 * of, to the byte.
 */
export interface RulesetImage {
  /** Lower-case hex SHA-256 of the engine's module as it runs here, that is after it was tuned. */
  readonly engineSha256: string;
  /** Lower-case hex SHA-256 of the memory of a fresh engine, which the difference is taken from. */
  readonly baseSha256: string;
  /** Size of the memory. A multiple of 64 KiB. */
  readonly memoryBytes: number;
  /** Slots in the engine's table of references to JavaScript values; none is in use. */
  readonly references: number;
  /** Where the object with the rules lies. */
  readonly rulesAddress: number;
  /** The external variables that the rules may name; the others need not be set. */
  readonly externals: readonly ExternalName[];
  /** The declared variables of the rules. Absent where they use none. */
  readonly variables?: readonly VariableSlot[];
  /**
   * The difference, packed by zstd: the number of runs, then for each its offset and length, all as unsigned 32-bit little-endian numbers, then
   * the bytes of the runs.
   */
  readonly memory: Uint8Array<ArrayBuffer>;
}

/** A ruleset as it was published. */
export interface PublishedRuleset {
  readonly rulesetId: string;
  /** Lower-case hex SHA-256 of the file that it was published as. */
  readonly fileSha256: string;
  /** 1 for the first ruleset ever published, then counting. */
  readonly sequence: number;
  /** ISO 8601 in UTC. */
  readonly publishedAt: string;
  /** The latest commit that it was published for, in full; null where it was published without one. */
  readonly commit: string | null;
  /** The commit that it was put in force for. `commit` is a later one where merges followed that changed no rule. Null where it was published without one. */
  readonly firstCommit: string | null;
}

/** What the pointer `ruleset/current` holds. */
export interface CurrentRuleset extends PublishedRuleset {
  /** Number of the earlier ruleset that this one is the return to; null where rules were published. */
  readonly returnsTo: number | null;
  /** What was in force before, newest first, at most `maxEarlierRulesets`. */
  readonly earlier: readonly PublishedRuleset[];
}

/** So many merges can be taken back; a pointer is read with every message, and stays small. */
export const maxEarlierRulesets = 20;

/** Logic hashes of all rules, sorted, without repetition. */
export function logicOf(ruleset: { readonly rules: readonly RuleEntry[] }): readonly string[] {
  return [...new Set(ruleset.rules.map((rule) => rule.logicHash))].sort();
}
