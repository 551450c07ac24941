import type { ObjectRef } from '../objects/object.ts';
import type { PreviewFinding } from './preview.ts';

/** Why an object was not scanned although nothing went wrong. */
export type SkipReason = 'too_large' | 'gone' | 'not_a_regular_file' | 'storage_class';

/** Why an object could not be scanned. */
export type FailReason =
  /** Reading was refused: permissions or encryption key. */
  | 'denied'
  /** It kept changing while it was read. */
  | 'changed'
  /** Any other error while reading. */
  | 'unreadable'
  /** The scan ran past its deadline. */
  | 'timeout'
  /** The engine trapped or its worker died. */
  | 'engine_crash'
  /** The engine ran out of memory. */
  | 'out_of_memory'
  /** Its message was delivered too often without an outcome and went to the dead-letter queue. */
  | 'dead_letter';

/**
 * What became of one object version in one scan. Exactly one of these, never none:
 * `scanned` now; `covered`, because all the logic asked for had been applied to it before; `skipped` or `failed`, with the reason.
 */
export type Outcome =
  | {
      readonly status: 'scanned';
      readonly matches: number;
      /** Bytes from the start; present only where no more than this first part was scanned, and less than the object's size. */
      readonly scannedBytes?: number;
      /** Present where a pattern matched in more places than conditions see, so that those which count or look at places may have been wrong. */
      readonly matchLimitReached?: true;
    }
  | { readonly status: 'covered' }
  | { readonly status: 'skipped'; readonly reason: SkipReason; readonly detail?: string }
  | { readonly status: 'failed'; readonly reason: FailReason; readonly detail?: string };

/** Whether an object was not scanned because it cannot be read as it is: it is archived, or reading it is refused, be it for its key. */
export function isUnreadable(outcome: Outcome): boolean {
  if (outcome.status === 'skipped') return outcome.reason === 'storage_class';
  return outcome.status === 'failed' && (outcome.reason === 'denied' || outcome.reason === 'unreadable');
}

export type OutcomeStatus = Outcome['status'];

/** One line of the ledger of a scan. */
export interface LedgerEntry extends ObjectRef {
  /** Bytes. */
  readonly size: number;
  readonly outcome: Outcome;
  /** Of the bytes that were scanned, lower-case hex; absent where the content was not read. */
  readonly sha256?: string;
  /** Of objects that a preview scanned. */
  readonly preview?: PreviewFinding;
}

/** Sums over ledger entries. `objects` = scanned + covered + skipped + failed. */
export interface LedgerCounts {
  readonly objects: number;
  readonly scanned: number;
  readonly covered: number;
  readonly skipped: number;
  readonly failed: number;
  /** Bytes of the entries, whatever their status. */
  readonly bytes: number;
  /** Bytes that were scanned: of a scanned entry all, or its first part. */
  readonly scannedBytes: number;
  /** Rule matches of the scanned entries. */
  readonly matches: number;
}

export const noCounts: LedgerCounts = {
  objects: 0,
  scanned: 0,
  covered: 0,
  skipped: 0,
  failed: 0,
  bytes: 0,
  scannedBytes: 0,
  matches: 0,
};

/** What a `scanned` outcome, a report or an alert says of the bytes that were scanned: nothing where they were all there are. */
export function partScanned(size: number, scannedBytes: number): { readonly scannedBytes?: number } {
  return scannedBytes < size ? { scannedBytes } : {};
}

/** That the limit to matches was reached, where it was: for outcomes and reports. */
export function limitNoted({ matchLimitReached }: { readonly matchLimitReached?: true }): {
  readonly matchLimitReached?: true;
} {
  return matchLimitReached === undefined ? {} : { matchLimitReached };
}

/** Adds up ledger entries. */
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

/** `a` + `sign` × `b`, field by field. */
export function addCounts(a: LedgerCounts, b: LedgerCounts, sign: 1 | -1 = 1): LedgerCounts {
  return {
    objects: a.objects + sign * b.objects,
    scanned: a.scanned + sign * b.scanned,
    covered: a.covered + sign * b.covered,
    skipped: a.skipped + sign * b.skipped,
    failed: a.failed + sign * b.failed,
    bytes: a.bytes + sign * b.bytes,
    scannedBytes: a.scannedBytes + sign * b.scannedBytes,
    matches: a.matches + sign * b.matches,
  };
}
