import type { LedgerEntry, OutcomeStatus } from '../domain/scans/outcome.ts';
import type { ListingCursor, RetroBatch, Scan, ScanState } from '../domain/scans/scan.ts';

/** The right to plan batches of a scan. A higher fence outdates all lower ones. */
export interface Lease {
  readonly scanId: string;
  readonly owner: string;
  readonly fence: number;
}

/** One step of the batcher, written as a whole or not at all. */
export interface Checkpoint {
  readonly cursor: ListingCursor;
  readonly listingDone: boolean;
  /** Objects and bytes of this step. */
  readonly listed: { readonly objects: number; readonly bytes: number };
  /** Batches to send, at most `maxBatchesPerCheckpoint`; they stay *unsent* until `markSent`. */
  readonly batches: readonly RetroBatch[];
  /** Objects of this step that need no message (covered, or not to be scanned), as one batch that has reported. Null where there are none. */
  readonly settled: BatchReport | null;
}

/** What became of the objects of one batch. */
export interface BatchReport {
  readonly batchId: string;
  readonly entries: readonly LedgerEntry[];
}

/** Most batches that one checkpoint takes, its settled objects not counted. */
export const maxBatchesPerCheckpoint = 40;
/** Most objects that one checkpoint settles. */
export const maxSettledPerCheckpoint = 1000;

/** Scans, their batches, and their ledgers. */
export interface ScanStore {
  /**
   * Creates the scan, unless one with the same `activeKey` is running or paused: then that one is answered.
   * A scan whose id exists is answered as it is.
   */
  create(scan: Scan, activeKey: string): Promise<{ readonly scan: Scan; readonly created: boolean }>;
  get(scanId: string): Promise<Scan | null>;
  /** Newest first. */
  list(options: {
    readonly kind?: Scan['kind'];
    readonly states?: readonly ScanState[];
    readonly limit: number;
  }): Promise<readonly Scan[]>;
  /** Moves the scan to `to` if its state is one of `from`; answers whether it did. Sets `finishedAt` for final states. */
  setState(
    scanId: string,
    from: readonly ScanState[],
    to: ScanState,
    options: { readonly at: string; readonly error?: string },
  ): Promise<boolean>;

  /** Null while another owner holds an unexpired lease. The owner itself gets it again, with a higher fence. Times in milliseconds since 1970. */
  acquireLease(
    scanId: string,
    owner: string,
    options: { readonly nowMs: number; readonly ttlMs: number },
  ): Promise<Lease | null>;
  releaseLease(lease: Lease): Promise<void>;
  /**
   * Writes a step and renews the lease.
   * @throws RearviewError `ERR_LEASE_LOST` when a higher fence exists, `ERR_STATE` when the scan is not running
   */
  checkpoint(
    lease: Lease,
    step: Checkpoint,
    options: { readonly nowMs: number; readonly ttlMs: number },
  ): Promise<void>;

  /** Ids of batches that were planned and neither sent nor reported, in the order of their ids. */
  unsentBatches(scanId: string, options: { readonly limit: number }): Promise<readonly string[]>;
  markSent(scanId: string, batchIds: readonly string[]): Promise<void>;
  /** Takes a batch back that was sent (its scan is paused): it is unsent again, unless it has reported. */
  markUnsent(scanId: string, batchId: string): Promise<void>;
  getBatch(scanId: string, batchId: string): Promise<RetroBatch | null>;
  /**
   * Writes the ledger entries of batches and counts them, once: a repeated report of the same batch replaces the earlier one.
   * Batches of scans that are planned count towards completion by their first report only. For live scans any `batchId` is taken. Each report is written as a whole or
   * not at all.
   * @throws RearviewError `ERR_NOT_FOUND` for a scan, or a batch of a scan that is planned, that is not there
   */
  report(scanId: string, reports: readonly BatchReport[]): Promise<void>;
  /** Completes a running scan, retro or preview, whose listing is done and whose batches have all reported. Answers whether it did. */
  completeIfDone(scanId: string, options: { readonly at: string }): Promise<boolean>;
  /**
   * Every object version once, page by page, in an order that does not change; `after` is the `next` of an earlier page. The order is that of
   * bucket, key and version where the store has it; else that of the batches.
   */
  ledger(
    scanId: string,
    options: { readonly statuses?: readonly OutcomeStatus[]; readonly limit: number; readonly after?: string },
  ): Promise<{ readonly entries: readonly LedgerEntry[]; readonly next: string | null }>;
}
