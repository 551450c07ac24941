import type { ScanState } from '../domain/scans/scan.ts';

/** Number of objects by reason, most first. */
export type ReasonCounts = readonly { readonly reason: string; readonly objects: number }[];

/** New matches of a rule after a merge: contents that matched it for the first time. */
export interface RuleFinds {
  /** Name as `namespace:name`. */
  readonly rule: string;
  readonly isStaged: boolean;
  readonly contents: number;
  /** Objects that have these contents now. */
  readonly objects: number;
}

/** Sums of the ledger of a scan. */
export interface ScanSums {
  readonly objects: number;
  readonly scanned: number;
  readonly covered: number;
  readonly excluded: number;
  readonly skipped: number;
  readonly failed: number;
}

export interface ScanWork {
  readonly objects: number;
  readonly bytes: number;
  /** Milliseconds; null where it was not known. */
  readonly ms: number | null;
  /** US dollars. */
  readonly dollars: number;
}

/** Result of the retro scan that a merge started. */
export interface ScanReport {
  /** In full. */
  readonly commit: string;
  readonly rulesetId: string;
  /**
   * The commit whose ruleset holds that of `commit`, where it is a later one; null where it is the
   * same.
   */
  readonly laterCommit: string | null;
  /**
   * The started scan and those that took over from it. The last one counts; the others ended early.
   */
  readonly scans: readonly { readonly id: string; readonly state: ScanState; readonly sums: ScanSums }[];
  /**
   * Rules of the first scan's ruleset whose logic that of the last does not have, `namespace:name`:
   * they were reverted or changed meanwhile, so the last scan did not use them. Null if not known.
   */
  readonly dropped: readonly string[] | null;
  /** Error of the last scan. */
  readonly error: string | null;
  /** Objects that the last scan goes through, where planning found out. */
  readonly expectedObjects: number | null;
  readonly skipped: ReasonCounts;
  readonly failed: ReasonCounts;
  /** Most contents first, of all the scans. */
  readonly finds: readonly RuleFinds[];
  /** False where there were more matches than are counted. */
  readonly isWhole: boolean;
  /** Null where nothing was planned. */
  readonly forecast: ScanWork | null;
  readonly actual: ScanWork;
}

/** The scan that counts. */
export function endOf({ scans }: Pick<ScanReport, 'scans'>): ScanReport['scans'][number] {
  const last = scans.at(-1);
  if (last === undefined) throw new RangeError('A report has at least one scan.');
  return last;
}
