import type { ScanState } from '../domain/scans/scan.ts';

/** How often each reason was given, most first. */
export type ReasonCounts = readonly { readonly reason: string; readonly objects: number }[];

/** Of a rule, what a merge found: contents that matched it for the first time. */
export interface RuleFinds {
  /** As found, `namespace:name`. */
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

/** What came of the retro scan that a merge started. */
export interface ScanReport {
  /** In full. */
  readonly commit: string;
  readonly rulesetId: string;
  /** The commit whose ruleset holds that of `commit`, where it is a later one; null where it is the same. */
  readonly laterCommit: string | null;
  /** The scan that was started, and those that took over from it. The last is the one that counts; others have ended early. */
  readonly scans: readonly { readonly id: string; readonly state: ScanState; readonly sums: ScanSums }[];
  /**
   * Rules of the first scan's ruleset whose logic that of the last does not have, `namespace:name`: they were taken back or changed meanwhile, and the last
   * scan looked for them no more. Null where that cannot be told any more.
   */
  readonly dropped: readonly string[] | null;
  /** Of the last scan. */
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
  if (last === undefined) throw new RangeError('A report tells of a scan.');
  return last;
}
