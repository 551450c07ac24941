import type { ExternalName } from './externals.ts';
import type { LeftOutRule } from './left-out-rule.ts';
import type { RuleEntry, RuleSource } from './rule.ts';
import type { VariableSlot } from './variables.ts';

/** A built ruleset: everything a scanner needs, immutable, named by its content. */
export interface Ruleset {
  /** Lower-case hex SHA-256 of the engine version, the sources and the variables they use. */
  readonly id: string;
  readonly engine: { readonly name: string; readonly version: string };
  /** Sorted by namespace. */
  readonly sources: readonly RuleSource[];
  /** In the order of `sources`, then in source order. Includes private rules. */
  readonly rules: readonly RuleEntry[];
  /**
   * The compiled sources; absent or null if they were not compiled or are damaged. In that case the
   * scanner compiles the sources.
   */
  readonly image?: RulesetImage | null;
  /** Public rules that are not part of it. Absent if there are none, or they are not known. */
  readonly leftOut?: readonly LeftOutRule[];
}

/**
 * A compiled ruleset: the memory of an engine that holds it, stored as the difference from a fresh
 * engine's memory. It fits only the exact engine module it was made with.
 */
export interface RulesetImage {
  /** Lower-case hex SHA-256 of the engine's module. */
  readonly engineSha256: string;
  /** Size of the memory. A multiple of 64 KiB. */
  readonly memoryBytes: number;
  /** Address of the object that holds the rules. */
  readonly rulesAddress: number;
  /** The external variables that the rules may use; the others need not be set. */
  readonly externals: readonly ExternalName[];
  /** The declared variables of the rules. Absent if they use none. */
  readonly variables?: readonly VariableSlot[];
  /**
   * The difference, compressed with zstd: the number of runs, the offset and length of each run
   * (all as unsigned 32-bit little-endian numbers), then the bytes of the runs.
   */
  readonly memory: Uint8Array<ArrayBuffer>;
}

/** A published ruleset. */
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
  /**
   * The commit that first made it active. `commit` is a later one if merges followed that changed
   * no rule. Null if it was not recorded.
   */
  readonly firstCommit: string | null;
}

/** The content of the pointer `ruleset/current`. */
export interface CurrentRuleset extends PublishedRuleset {
  /** Number of the earlier ruleset that this one is the return to; null where rules were published. */
  readonly returnsTo: number | null;
  /** Previously active rulesets, newest first, at most `maxEarlierRulesets`. */
  readonly earlier: readonly PublishedRuleset[];
}

/**
 * Number of rulesets a rollback can reach. Every message reads the pointer, so it must stay small.
 */
export const maxEarlierRulesets = 20;

/** By the rules. Every object needs it. */
const logic = new WeakMap<readonly RuleEntry[], readonly string[]>();

/** Returns the logic hashes of all rules, sorted, without repetition. */
export function logicOf({ rules }: { readonly rules: readonly RuleEntry[] }): readonly string[] {
  const known = logic.get(rules);
  if (known !== undefined) return known;
  const hashes = [...new Set(rules.map((rule) => rule.logicHash))].sort();
  logic.set(rules, hashes);
  return hashes;
}
