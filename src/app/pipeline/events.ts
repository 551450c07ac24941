import type { Alert } from '../../domain/alerts/alert.ts';
import type { ObjectRef } from '../../domain/objects/object.ts';
import type { LedgerEntry } from '../../domain/scans/outcome.ts';
import type { Scan } from '../../domain/scans/scan.ts';
import type { VerdictMatch } from '../../domain/scans/verdict.ts';
import type { PrintedText } from '../../engine/types.ts';

/** An event of a running pipeline, for observers. Reporting it never changes the outcome. */
export type PipelineEvent =
  /**
   * An object has its outcome, and it is durable. `engineMs` is 0 where the engine did not run.
   * `stagedMatches` are those of staged rules among its matches. Default: 0.
   */
  | {
      readonly type: 'object';
      readonly scanId: string;
      readonly kind: Scan['kind'];
      readonly entry: LedgerEntry;
      readonly engineMs: number;
      readonly stagedMatches?: number;
    }
  /**
   * Rules printed something while they scanned an object. Comes before the outcome of the object.
   */
  | {
      readonly type: 'printed';
      readonly scanId: string;
      readonly kind: Scan['kind'];
      readonly object: ObjectRef;
      readonly printed: PrintedText;
    }
  | { readonly type: 'alert_sent'; readonly alert: Alert; readonly sink: string }
  | { readonly type: 'alert_delayed'; readonly alert: Alert; readonly sink: string; readonly error: string }
  /** An object is in quarantine: copied and deleted where it was, or tagged where `to` is null. */
  | {
      readonly type: 'quarantined';
      readonly object: ObjectRef;
      readonly match: VerdictMatch;
      readonly to: { readonly bucket: string; readonly key: string } | null;
    }
  | { readonly type: 'scan_completed'; readonly scan: Scan }
  /**
   * Something went wrong that will be tried again, or that an operator should know of. `noSpace` is
   * present if a disk is full, and work waits until there is space.
   */
  | { readonly type: 'problem'; readonly where: string; readonly message: string; readonly noSpace?: true };

export type Observe = (event: PipelineEvent) => void;
