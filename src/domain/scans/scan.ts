import type { ObjectFilter, ObjectInfo } from '../objects/object.ts';
import { type LedgerCounts, noCounts } from './outcome.ts';
import type { PreviewScope } from './preview.ts';

/**
 * running ⇄ paused; running | paused → cancelled; running → completed | failed. The last three are
 * final. A live scan (one per UTC day) is always running.
 */
export type ScanState = 'running' | 'paused' | 'completed' | 'cancelled' | 'failed';

/** Position of a listing: how far each bucket has been listed. Opaque to all but the lister. */
export interface ListingCursor {
  readonly bucket: string;
  /** Continue after this object of the bucket; null at its start. */
  readonly after: string | null;
}

/**
 * `live`: scans arriving objects, one scan per UTC day. `retro`: scans the existing corpus with
 * published rules. `preview`: scans the existing corpus with unpublished rules; its matches are
 * only in its ledger.
 */
export type ScanKind = 'live' | 'retro' | 'preview';

export interface Scan {
  readonly id: string;
  readonly kind: ScanKind;
  readonly state: ScanState;
  readonly rulesetId: string;
  /** Scans every object, whatever its coverage. */
  readonly full: boolean;
  /** Buckets to list, in order. */
  readonly buckets: readonly string[];
  readonly filter: ObjectFilter;
  /**
   * S3 URLs of manifests whose inventories replace the listing of their buckets. Objects that they
   * cannot describe are listed from the bucket. In text order.
   */
  readonly inventories: readonly string[];
  /** The objects it scans; null unless it is a preview. */
  readonly preview: PreviewScope | null;
  /** Null before the first checkpoint. */
  readonly cursor: ListingCursor | null;
  readonly listingDone: boolean;
  /** Objects yielded by the listing so far that passed the filter. */
  readonly listed: { readonly objects: number; readonly bytes: number };
  readonly batches: { readonly planned: number; readonly reported: number };
  /** Sums of the ledger. `counts.objects` reaches `listed.objects` when the scan is complete. */
  readonly counts: LedgerCounts;
  /** Forecast of the planner, if there was one. */
  readonly expected: ExpectedWork | null;
  readonly createdAt: string;
  readonly finishedAt: string | null;
  /** The reason for the failure. */
  readonly error: string | null;
}

/** Forecast of the planner: all objects of the listing, and those to be scanned. */
export interface ExpectedWork {
  readonly objects: number;
  readonly bytes: number;
  /**
   * Absent in scans of earlier versions. `ms`: milliseconds, null if no earlier scan had provided a
   * rate.
   */
  readonly due?: { readonly objects: number; readonly bytes: number; readonly ms: number | null };
}

/** An object that a planned scan has to scan. */
export interface DueObject extends ObjectInfo {
  /** Present if the index is known to lack it. */
  readonly unindexed?: true;
}

/** One unit of work of a planned scan: retro or preview. */
export interface RetroBatch {
  readonly scanId: string;
  /** Unique within the scan, and stable if the batcher plans the same step again. */
  readonly batchId: string;
  /** The ruleset (complete or a delta) that its objects still need. */
  readonly rulesetId: string;
  readonly objects: readonly DueObject[];
}

export const finalStates: readonly ScanState[] = ['completed', 'cancelled', 'failed'];

/**
 * A scan whose matches are recorded and cause alerts and actions, reduced to what these need.
 * Previews are excluded.
 */
export interface RecordedScan extends Pick<Scan, 'id' | 'full' | 'rulesetId'> {
  readonly kind: Exclude<ScanKind, 'preview'>;
}

/**
 * Returns whether the batcher lists the corpus for it and packs batches, and it ends when all have
 * reported. True for every scan except live scans.
 */
export function isPlanned({ kind }: Pick<Scan, 'kind'>): boolean {
  return kind !== 'live';
}

/** Returns the initial state of a scan. */
export function newScan(
  fields: Pick<Scan, 'id' | 'kind' | 'rulesetId' | 'full' | 'buckets' | 'filter' | 'createdAt' | 'expected'> &
    Partial<Pick<Scan, 'inventories' | 'preview'>>,
): Scan {
  return {
    inventories: [],
    preview: null,
    ...fields,
    state: 'running',
    cursor: null,
    listingDone: false,
    listed: { objects: 0, bytes: 0 },
    batches: { planned: 0, reported: 0 },
    counts: noCounts,
    finishedAt: null,
    error: null,
  };
}
