import type { ObjectRef } from '../domain/objects/object.ts';
import type { Uploader } from '../domain/objects/uploader.ts';
import type { Coverage } from '../domain/rulesets/coverage.ts';
import type { Outcome } from '../domain/scans/outcome.ts';

/** The record of one object version: its last outcome, and the logic it has been covered with. */
export interface ObjectRecord extends ObjectRef {
  /** Bytes. */
  readonly size: number;
  /** SHA-256 of the scanned bytes; null if it was never read. */
  readonly sha256: string | null;
  readonly outcome: Outcome;
  /** The scan that wrote the outcome. */
  readonly scanId: string;
  /** ISO 8601 in UTC. */
  readonly updatedAt: string;
  /** Present only if an event of the upload named it. */
  readonly uploadedBy?: Uploader;
  /** The logic that has been applied to it, sorted; empty if none. */
  readonly coverage: Coverage;
}

/** Records of object versions. */
export interface RecordStore {
  /** In the requested order; null if there is none. */
  getMany(refs: readonly ObjectRef[]): Promise<readonly (ObjectRecord | null)[]>;
  /**
   * Writes outcomes. `coverage` is *added* to the record atomically, so that two writers never lose
   * each other's. A `failed` or `skipped` outcome never replaces a `scanned` one unless it is for
   * new logic; callers decide, the store writes.
   */
  putMany(records: readonly ObjectRecord[]): Promise<void>;
}
