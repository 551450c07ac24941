import type { Exclusion } from '../domain/scans/exclusion.ts';
import type { LedgerEntry, OutcomeStatus } from '../domain/scans/outcome.ts';
import type { ListingCursor, RetroBatch, Scan, ScanState } from '../domain/scans/scan.ts';

/** The right to plan batches of a scan. A higher fence outdates all lower ones. */
export interface Lease {
  readonly scanId: string;
  readonly owner: string;
  readonly fence: number;
}

/** One step of the batcher, written completely or not at all. */
export interface Checkpoint {
  readonly cursor: ListingCursor;
  readonly listingDone: boolean;
  /** Objects and bytes of this step. */
  readonly listed: { readonly objects: number; readonly bytes: number };
  /** Batches to send, at most `maxBatchesPerCheckpoint`; they stay *unsent* until `markSent`. */
  readonly batches: readonly RetroBatch[];
  /**
   * Objects of this step that need no message (covered, or not to be scanned), as one batch that
   * has already reported. Null if there are none.
   */
  readonly settled: BatchReport | null;
  /** Objects of this step that the index excluded. Absent if there are none. */
  readonly excluded?: ExcludedStep;
}

/** Exclusions of one step, which only the holder of the lease writes. */
export interface ExcludedStep {
  /**
   * One for each segment, with all that the scan excludes by it: it replaces the earlier one.
   * Together with the batches at most `maxWritesPerCheckpoint`.
   */
  readonly exclusions: readonly Exclusion[];
  /** Objects and bytes that were added to those of the earlier ones. */
  readonly objects: number;
  readonly bytes: number;
}

/** The outcomes of the objects of one batch. */
export interface BatchReport {
  readonly batchId: string;
  readonly entries: readonly LedgerEntry[];
}

/** Maximum number of batches per checkpoint, not counting its objects without a message. */
export const maxBatchesPerCheckpoint = 40;
/** Maximum number of objects without a message per checkpoint. */
export const maxSettledPerCheckpoint = 1000;

/** Maximum number of batches per checkpoint and of segments by which it excludes objects, together. */
export const maxWritesPerCheckpoint = 44;

/** Scans, their batches, and their ledgers. */
export interface ScanStore {
  /**
   * Creates the scan and returns it. If one with the same `activeKey` is running or paused, that
   * one is returned instead. A scan whose id exists is returned unchanged; of a live scan, perhaps
   * without its sums.
   */
  create(scan: Scan, activeKey: string): Promise<{ readonly scan: Scan; readonly created: boolean }>;
  /**
   * @param options.sums false if the sums of a live scan are not needed: in AWS they are added up
   *   from its whole ledger. Default: true
   */
  get(scanId: string, options?: { readonly sums?: boolean }): Promise<Scan | null>;
  /** Newest first. */
  list(options: {
    readonly kind?: Scan['kind'];
    readonly states?: readonly ScanState[];
    readonly limit: number;
  }): Promise<readonly Scan[]>;
  /**
   * Moves the scan to `to` if its state is one of `from`; returns whether it did. Sets `finishedAt`
   * for final states.
   */
  setState(
    scanId: string,
    from: readonly ScanState[],
    to: ScanState,
    options: { readonly at: string; readonly error?: string },
  ): Promise<boolean>;

  /**
   * Null while another owner holds an unexpired lease. The owner itself gets it again, with a
   * higher fence. Times in milliseconds since 1970.
   */
  acquireLease(
    scanId: string,
    owner: string,
    options: { readonly nowMs: number; readonly ttlMs: number },
  ): Promise<Lease | null>;
  /**
   * Makes the lease last longer. Does nothing if it was released, or another owner took it: then
   * `checkpoint` fails.
   */
  renewLease(lease: Lease, options: { readonly nowMs: number; readonly ttlMs: number }): Promise<void>;
  releaseLease(lease: Lease): Promise<void>;
  /**
   * Writes a step and renews the lease.
   * @throws RearviewError `ERR_LEASE_LOST` if a higher fence exists, `ERR_STATE` if the scan is not
   *   running
   */
  checkpoint(
    lease: Lease,
    step: Checkpoint,
    options: { readonly nowMs: number; readonly ttlMs: number },
  ): Promise<void>;

  /** Ids of batches that were planned and neither sent nor reported, in id order. */
  unsentBatches(scanId: string, options: { readonly limit: number }): Promise<readonly string[]>;
  markSent(scanId: string, batchIds: readonly string[]): Promise<void>;
  /**
   * Takes back a batch that was sent, because its scan is paused. It is unsent again, unless it has
   * reported.
   */
  markUnsent(scanId: string, batchId: string): Promise<void>;
  getBatch(scanId: string, batchId: string): Promise<RetroBatch | null>;
  /**
   * Writes the ledger entries of batches and counts them once: a repeated report of the same batch
   * replaces the earlier one. Batches of planned scans count towards completion only with their
   * first report. For live scans, any `batchId` is accepted. Each report is written completely or
   * not at all.
   * @throws RearviewError `ERR_NOT_FOUND` for a missing scan, or a missing batch of a planned scan
   */
  report(scanId: string, reports: readonly BatchReport[]): Promise<void>;
  /**
   * Stores the sums of a live scan whose day is over, if they are not stored yet: the oldest one.
   * Returns whether it did. Entries of a ledger may expire, its sums may not.
   */
  storeOldestSums(): Promise<boolean>;
  /**
   * Completes a running retro scan or preview whose listing is complete and whose batches have all
   * reported. Returns whether it did.
   */
  completeIfDone(scanId: string, options: { readonly at: string }): Promise<boolean>;
  /**
   * Lists every object version once, page by page, in a stable order; `after` is the `next` of an
   * earlier page. The order is that of bucket, key and version if the store has it, otherwise that
   * of the batches.
   */
  ledger(
    scanId: string,
    options: { readonly statuses?: readonly OutcomeStatus[]; readonly limit: number; readonly after?: string },
  ): Promise<{ readonly entries: readonly LedgerEntry[]; readonly next: string | null }>;
  /** Returns what the index excluded in a scan, one for each segment, in the order of their names. */
  exclusions(scanId: string): Promise<readonly Exclusion[]>;
  /** Returns the exclusions by one segment in any scan, in the order of the ids of the scans. */
  exclusionsBy(segment: string): Promise<readonly { readonly scanId: string; readonly exclusion: Exclusion }[]>;
  /** Returns whether any scan excludes by a segment, without reading what it excludes. */
  hasExclusionsBy(segment: string): Promise<boolean>;
}
