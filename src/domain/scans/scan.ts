import type { ObjectFilter, ObjectInfo } from '../objects/object.ts';
import { type LedgerCounts, noCounts } from './outcome.ts';
import type { PreviewScope } from './preview.ts';

/**
 * running ⇄ paused; running | paused → cancelled; running → completed | failed. The last three are final.
 * A live scan (one per UTC day) is always running.
 */
export type ScanState = 'running' | 'paused' | 'completed' | 'cancelled' | 'failed';

/** Where a listing stands: how far each bucket has been listed. Opaque to all but the lister. */
export interface ListingCursor {
  readonly bucket: string;
  /** Continue after this object of the bucket; null at its start. */
  readonly after: string | null;
}

/**
 * `live`: of what arrives, one a UTC day. `retro`: of what lies there, with published rules. `preview`: of what lies there, with rules that are not
 * published; what it finds lies in its ledger and nowhere else.
 */
export type ScanKind = 'live' | 'retro' | 'preview';

export interface Scan {
  readonly id: string;
  readonly kind: ScanKind;
  readonly state: ScanState;
  readonly rulesetId: string;
  /** Scans everything, whatever it has been covered with. */
  readonly full: boolean;
  /** Buckets to list, in order. */
  readonly buckets: readonly string[];
  readonly filter: ObjectFilter;
  /** S3 URLs of manifests whose inventories are listed in the place of their buckets; what they cannot tell of is listed from the bucket. In order of text. */
  readonly inventories: readonly string[];
  /** Which objects it scans; null unless it is a preview. */
  readonly preview: PreviewScope | null;
  /** Null before the first checkpoint. */
  readonly cursor: ListingCursor | null;
  readonly listingDone: boolean;
  /** Objects that the listing has yielded so far and that passed the filter. */
  readonly listed: { readonly objects: number; readonly bytes: number };
  readonly batches: { readonly planned: number; readonly reported: number };
  /** Sums of the ledger. `counts.objects` reaches `listed.objects` when the scan is complete. */
  readonly counts: LedgerCounts;
  /** What planning expected, where it was done. */
  readonly expected: ExpectedWork | null;
  readonly createdAt: string;
  readonly finishedAt: string | null;
  /** Why it failed. */
  readonly error: string | null;
}

/** What planning found: all that the listing yields, and of it what was to be scanned. */
export interface ExpectedWork {
  readonly objects: number;
  readonly bytes: number;
  /** Absent in previews. `ms`: milliseconds, null where no scan had told the pace. */
  readonly due?: { readonly objects: number; readonly bytes: number; readonly ms: number | null };
}

/** One unit of the work of a scan that is planned: retro or preview. */
export interface RetroBatch {
  readonly scanId: string;
  /** Unique within the scan, and the same when the batcher plans the same step again. */
  readonly batchId: string;
  /** The ruleset (the whole or a delta) that its objects still need. */
  readonly rulesetId: string;
  readonly objects: readonly ObjectInfo[];
}

export const finalStates: readonly ScanState[] = ['completed', 'cancelled', 'failed'];

/** A scan whose matches are recorded, alerted and acted upon, as those who do so need to know it. Previews are none. */
export interface RecordedScan extends Pick<Scan, 'id' | 'full' | 'rulesetId'> {
  readonly kind: Exclude<ScanKind, 'preview'>;
}

/** Whether a batcher lists the corpus for it and packs batches, and it ends when all have reported: of every scan but the live ones. */
export function isPlanned({ kind }: Pick<Scan, 'kind'>): boolean {
  return kind !== 'live';
}

/** A scan at its beginning. */
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
