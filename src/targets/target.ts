import type { Pipeline } from '../app/pipeline/pipeline.ts';
import type { PreviewRequest } from '../app/previews/preview-scans.ts';
import type { RulesetLibrary } from '../app/rulesets/ruleset-library.ts';
import type { ScanLimits } from '../domain/inside/scan-limits.ts';
import type { LargeFiles } from '../domain/objects/size-limit.ts';
import type { PreviewLimits } from '../domain/scans/preview-limits.ts';
import type { Scan } from '../domain/scans/scan.ts';
import type { Inventory } from '../ports/inventory.ts';
import type { MatchStore } from '../ports/match-store.ts';
import type { ObjectReader, ObjectStore } from '../ports/object-store.ts';
import type { PointerStore } from '../ports/pointer-store.ts';
import type { Queue } from '../ports/queue.ts';
import type { RecordStore } from '../ports/record-store.ts';
import type { ScanStore } from '../ports/scan-store.ts';
import type { SegmentStore } from '../ports/segment-store.ts';
import type { RetroWork } from './aws/prices/aws-costs.ts';

export const defaultMaxObjectBytes = 256 * 1024 * 1024;
export const defaultLargeFiles: LargeFiles = 'skip';
export const defaultDeadlineMs = 30_000;
export const defaultMaxReceives = 3;

/** The stores and queues of a target. */
export interface TargetState {
  readonly records: RecordStore;
  readonly matches: MatchStore;
  readonly scans: ScanStore;
  readonly pointers: PointerStore;
  readonly queues: { readonly live: Queue; readonly retro: Queue; readonly preview: Queue };
}

/** What commands on matches need of a target. */
export interface MatchTarget {
  readonly state: Pick<TargetState, 'matches'>;
  readonly library: Pick<RulesetLibrary, 'current' | 'get'>;
}

/** The parts of one pipeline, for any target. */
export interface Target extends ScanLimits {
  readonly state: TargetState;
  readonly library: RulesetLibrary;
  /** By bucket. */
  readonly readers: ReadonlyMap<string, ObjectReader>;
  /**
   * Returns the readers that list the buckets of a retro scan: `readers`, except for buckets whose
   * inventory the scan lists.
   * @throws RearviewError as `openInventories`
   */
  readersFor(scan: Pick<Scan, 'inventories'>): Promise<ReadonlyMap<string, ObjectReader>>;
  /**
   * Opens inventories of different buckets, in the order of the buckets.
   * @param urls of manifests of S3 Inventory
   * @throws RearviewError `ERR_USAGE` for a URL that is not a manifest, and for any URL if buckets
   *   have no inventories; `ERR_CONFIG` for an inventory that is not of one of the buckets, is
   *   unusable, or cannot be read; `ERR_UNAVAILABLE`
   */
  openInventories(urls: readonly string[]): Promise<readonly Inventory[]>;
  /** Buckets that retro scans list, in order. */
  readonly buckets: readonly string[];
  /** Limits of previews. The target enforces them; a caller can only plan with them. */
  readonly previews: PreviewLimits;
  /** Receives uploads. */
  readonly corpus: ObjectStore;
  /** Holds the index. */
  readonly segments: SegmentStore;
  /** Requests a batcher for a scan that was created or resumed. */
  runBatcher(scanId: string): Promise<void>;
  /**
   * Starts a preview: a scan with unpublished rules that sends no alerts and writes only its
   * ledger. In AWS this resolves when the request is sent, and the scan exists a moment later. If
   * the batcher refuses it, the scan is cancelled and has the reason.
   * @throws RearviewError `ERR_USAGE` or `ERR_CONFIG` if it cannot be previewed, `ERR_UNAVAILABLE`
   */
  startPreview(request: PreviewRequest): Promise<void>;
  /**
   * Cancels a preview, in AWS a moment later. A finished one stays unchanged; a requested one is
   * not started.
   * @throws RearviewError `ERR_USAGE` for an id that is not of a preview, `ERR_STATE` for a scan of
   *   another kind, `ERR_UNAVAILABLE`
   */
  cancelPreview(scanId: string): Promise<void>;
  /**
   * Runs the pipeline in this process. Absent if functions run it.
   * @throws RearviewError `ERR_STATE_LOCKED` if another process runs it
   */
  startPipeline?(): Promise<Pipeline>;
  /** US dollars that a retro scan takes, about. */
  retroCost(work: RetroWork): number;
  /** Whether the pipeline is running and will do the work. */
  isPipelineRunning(): boolean;
  close(): Promise<void>;
}
