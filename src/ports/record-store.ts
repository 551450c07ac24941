import type { ObjectRef } from '../domain/objects/object.ts';
import type { Uploader } from '../domain/objects/uploader.ts';
import type { Coverage } from '../domain/rulesets/coverage.ts';
import type { Outcome } from '../domain/scans/outcome.ts';

/** What is known of one object version: how it fared last, and what logic it has been covered with. */
export interface ObjectRecord extends ObjectRef {
  /** Bytes. */
  readonly size: number;
  /** Of the bytes that were scanned; null where it was never read. */
  readonly sha256: string | null;
  readonly outcome: Outcome;
  /** The scan that wrote the outcome. */
  readonly scanId: string;
  /** ISO 8601 in UTC. */
  readonly updatedAt: string;
  /** Only where an event of the upload named it. */
  readonly uploadedBy?: Uploader;
  /** The logic that has been applied to it, sorted; empty where none. */
  readonly coverage: Coverage;
}

/** Records of object versions. */
export interface RecordStore {
  /** In the order asked for; null where there is none. */
  getMany(refs: readonly ObjectRef[]): Promise<readonly (ObjectRecord | null)[]>;
  /**
   * Writes outcomes. `coverage` is *added* to what the record has, atomically, so that two writers never lose each other's.
   * A `scanned` outcome is never replaced by a `failed` or `skipped` one unless the latter is for new logic; callers decide, the store writes.
   */
  putMany(records: readonly ObjectRecord[]): Promise<void>;
}
