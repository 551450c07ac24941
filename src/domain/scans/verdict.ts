import type { Alert } from '../alerts/alert.ts';
import type { ObjectInfo } from '../objects/object.ts';
import type { RecordedScan } from './scan.ts';

/**
 * `clean`: scanned, and every matching rule is staged. `matched`: an unstaged rule matched, either
 * now or before (if this scan had only some of the rules). `skipped`, `failed`: as in `Outcome`,
 * without an earlier match.
 */
export type VerdictStatus = 'clean' | 'matched' | 'skipped' | 'failed';

/**
 * The result for one object version, for components that act on the object. Staged rules do not
 * affect it.
 */
export interface Verdict {
  readonly status: VerdictStatus;
  readonly object: ObjectInfo;
  /** Null if nothing was scanned. */
  readonly file: Alert['file'] | null;
  /** Rules that matched in this scan; empty if it is `matched` from before. */
  readonly matches: readonly VerdictMatch[];
  readonly scan: Pick<RecordedScan, 'id' | 'kind'>;
  /**
   * The complete ruleset that the object is now covered with, even if this scan applied only the
   * missing part.
   */
  readonly ruleset: { readonly id: string };
  /** ISO 8601 in UTC. */
  readonly at: string;
}

/** A rule that matched, and the alert due for it. */
export interface VerdictMatch {
  readonly alertId: string;
  /** `namespace:name`. */
  readonly ruleId: string;
  /** Lower case, as in `Alert`. */
  readonly severity: string;
}
