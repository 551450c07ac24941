import type { Alert } from '../alerts/alert.ts';
import type { ObjectInfo } from '../objects/object.ts';
import type { RecordedScan } from './scan.ts';

/**
 * `clean`: scanned, and no rule matched that is not staged; `matched`: one did, now or, where this scan had only some of the rules, before; `skipped`,
 * `failed`: as in `Outcome`, and nothing is known to have matched before.
 */
export type VerdictStatus = 'clean' | 'matched' | 'skipped' | 'failed';

/** What came of one object version, for those who have to do with the object. Staged rules have no part in it. */
export interface Verdict {
  readonly status: VerdictStatus;
  readonly object: ObjectInfo;
  /** Null where nothing of it was scanned. */
  readonly file: Alert['file'] | null;
  /** Rules that matched in this scan; none where it is `matched` from before. */
  readonly matches: readonly VerdictMatch[];
  readonly scan: Pick<RecordedScan, 'id' | 'kind'>;
  /** The whole ruleset that the object has now been covered with, also where this scan had no more than what was missing. */
  readonly ruleset: { readonly id: string };
  /** ISO 8601 in UTC. */
  readonly at: string;
}

/** A rule that matched, and the alert that is owed for it. */
export interface VerdictMatch {
  readonly alertId: string;
  /** `namespace:name`. */
  readonly ruleId: string;
  /** As in `Alert`: lower case. */
  readonly severity: string;
}
