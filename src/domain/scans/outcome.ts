import type { Inside } from '../inside/inside.ts';
import type { ObjectRef } from '../objects/object.ts';
import type { PreviewMatches } from './preview.ts';

/** The reason for not scanning an object although no error occurred. */
export type SkipReason = 'too_large' | 'gone' | 'not_a_regular_file' | 'storage_class';

/** The reason why an object could not be scanned. */
export type FailReason =
  /** Access was denied: permissions or encryption key. */
  | 'denied'
  /** The object kept changing while it was read. */
  | 'changed'
  /** Any other read error. */
  | 'unreadable'
  /** The scan exceeded its deadline. */
  | 'timeout'
  /** The engine trapped or its worker died. */
  | 'engine_crash'
  /** The engine ran out of memory. */
  | 'out_of_memory'
  /** Its message was delivered too often without an outcome and went to the dead-letter queue. */
  | 'dead_letter';

/**
 * The outcome of one object version in one scan, always exactly one of: `scanned` now; `covered`,
 * because all the requested logic had been applied before; `skipped` or `failed`, with the reason.
 * The fifth, *excluded*, has no entry for each object: see `Exclusion`.
 */
export type Outcome =
  | {
      readonly status: 'scanned';
      readonly matches: number;
      /** Scanned bytes from the start. Present only if this is less than the object's size. */
      readonly scannedBytes?: number;
      /**
       * Present if a pattern matched more often than conditions see. Conditions that count matches
       * or compare offsets may then be wrong.
       */
      readonly matchLimitReached?: true;
      /** What is inside the object. Present only if it is a container, and was opened. */
      readonly inside?: Inside;
    }
  | { readonly status: 'covered' }
  | { readonly status: 'skipped'; readonly reason: SkipReason; readonly detail?: string }
  | { readonly status: 'failed'; readonly reason: FailReason; readonly detail?: string };

/**
 * Returns whether an object was not scanned because it cannot be read in its current form: it is
 * archived, or access to it or its key is denied.
 */
export function isUnreadable(outcome: Outcome): boolean {
  if (outcome.status === 'skipped') return outcome.reason === 'storage_class';
  return outcome.status === 'failed' && (outcome.reason === 'denied' || outcome.reason === 'unreadable');
}

export type OutcomeStatus = Outcome['status'];

/** One line in the ledger of a scan. */
export interface LedgerEntry extends ObjectRef {
  /** Bytes. */
  readonly size: number;
  readonly outcome: Outcome;
  /** SHA-256 of the scanned bytes, lower-case hex; absent if the content was not read. */
  readonly sha256?: string;
  /** Present for objects that a preview scanned. */
  readonly preview?: PreviewMatches;
}

/** Sums over a ledger. `objects` = scanned + covered + excluded + skipped + failed. */
export interface LedgerCounts {
  readonly objects: number;
  readonly scanned: number;
  readonly covered: number;
  /** Objects that the index excluded. They have no entries of their own: see `Exclusion`. */
  readonly excluded: number;
  readonly skipped: number;
  readonly failed: number;
  /** Bytes of the entries, whatever their status. */
  readonly bytes: number;
  /** Scanned bytes: the whole of a scanned entry, or its first part. */
  readonly scannedBytes: number;
  /** Rule matches of the scanned entries. */
  readonly matches: number;
}

export const noCounts: LedgerCounts = {
  objects: 0,
  scanned: 0,
  covered: 0,
  excluded: 0,
  skipped: 0,
  failed: 0,
  bytes: 0,
  scannedBytes: 0,
  matches: 0,
};

/**
 * The fields about scanned bytes for a `scanned` outcome, a report or an alert; empty if all bytes
 * were scanned.
 */
export function partScanned(size: number, scannedBytes: number): { readonly scannedBytes?: number } {
  return scannedBytes < size ? { scannedBytes } : {};
}

/** The field about a reached match limit, if it was reached; for outcomes and reports. */
export function limitNoted({ matchLimitReached }: { readonly matchLimitReached?: true }): {
  readonly matchLimitReached?: true;
} {
  return matchLimitReached === undefined ? {} : { matchLimitReached };
}

/** Sums up ledger entries. */
export function countEntries(entries: readonly LedgerEntry[]): LedgerCounts {
  const counts = { ...noCounts };
  for (const { size, outcome } of entries) {
    counts.objects += 1;
    counts.bytes += size;
    counts[outcome.status] += 1;
    if (outcome.status === 'scanned') {
      counts.scannedBytes += outcome.scannedBytes ?? size;
      counts.matches += outcome.matches;
    }
  }
  return counts;
}

/** Returns `a` + `sign` × `b`, field by field. */
export function addCounts(a: LedgerCounts, b: LedgerCounts, sign: 1 | -1 = 1): LedgerCounts {
  return {
    objects: a.objects + sign * b.objects,
    scanned: a.scanned + sign * b.scanned,
    covered: a.covered + sign * b.covered,
    excluded: a.excluded + sign * b.excluded,
    skipped: a.skipped + sign * b.skipped,
    failed: a.failed + sign * b.failed,
    bytes: a.bytes + sign * b.bytes,
    scannedBytes: a.scannedBytes + sign * b.scannedBytes,
    matches: a.matches + sign * b.matches,
  };
}
