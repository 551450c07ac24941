import type { Segment } from './segment.ts';

/**
 * What the index proved about the objects of one segment, for one scan: a line of the ledger that
 * stands for many objects, whose outcome is *excluded*.
 */
export interface Exclusion {
  readonly segment: Segment;
  /** Rules whose formulas were evaluated on the segment for this scan. */
  readonly proofs: readonly RuleProof[];
  /** Rows of the segment that were read for it. */
  readonly rows: number;
  /** The excluded objects, by what had to be excluded. An object is in one group. */
  readonly groups: readonly ExcludedGroup[];
}

/** Which objects of a segment may match rules of one logic. The others cannot. */
export interface RuleProof {
  /** Logic hash. */
  readonly logic: string;
  /** Lower-case hex SHA-256 of the formula. */
  readonly formula: string;
  /** Version of the program that evaluated it. */
  readonly planner: string;
  /** Objects that may match. */
  readonly candidates: number;
  /** The candidates (`encodeBits`), and the lower-case hex SHA-256 of their bits. */
  readonly bits: string;
  readonly digest: string;
}

/** Objects that had the same logic left, none of which can match. */
export interface ExcludedGroup {
  /**
   * The logic that had to be excluded, sorted. What is not among the proofs of this scan was proven
   * by the earlier scans.
   */
  readonly logic: readonly string[];
  /** Scans that proved a part of it before. */
  readonly earlier: readonly string[];
  /** The objects, by their place in the segment (`encodeBits`). */
  readonly bits: string;
  readonly objects: number;
  readonly bytes: number;
}

/** The sums of exclusions. */
export function countExcluded(exclusions: readonly Exclusion[]): { readonly objects: number; readonly bytes: number } {
  const sums = { objects: 0, bytes: 0 };
  for (const { objects, bytes } of exclusions.flatMap(({ groups }) => groups)) {
    sums.objects += objects;
    sums.bytes += bytes;
  }
  return sums;
}
