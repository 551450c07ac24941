import type { Pipeline } from '../app/pipeline/pipeline.ts';
import type { PreviewRequest } from '../app/previews/preview-scans.ts';
import type { RulesetLibrary } from '../app/rulesets/ruleset-library.ts';
import type { LargeFiles, SizeLimit } from '../domain/objects/size-limit.ts';
import type { PreviewLimits } from '../domain/scans/preview-limits.ts';
import type { Scan } from '../domain/scans/scan.ts';
import type { Inventory } from '../ports/inventory.ts';
import type { MatchStore } from '../ports/match-store.ts';
import type { ObjectReader, ObjectStore } from '../ports/object-store.ts';
import type { PointerStore } from '../ports/pointer-store.ts';
import type { Queue } from '../ports/queue.ts';
import type { RecordStore } from '../ports/record-store.ts';
import type { ScanStore } from '../ports/scan-store.ts';
import type { RetroWork } from './aws/prices/aws-costs.ts';

export const defaultMaxObjectBytes = 256 * 1024 * 1024;
export const defaultLargeFiles: LargeFiles = 'skip';
export const defaultDeadlineMs = 30_000;
export const defaultMaxReceives = 3;

/** Where a target keeps what it knows and what is to be done. */
export interface TargetState {
  readonly records: RecordStore;
  readonly matches: MatchStore;
  readonly scans: ScanStore;
  readonly pointers: PointerStore;
  readonly queues: { readonly live: Queue; readonly retro: Queue; readonly preview: Queue };
}

/** The parts of one pipeline, wherever it runs. */
export interface Target extends SizeLimit {
  readonly state: TargetState;
  readonly library: RulesetLibrary;
  /** By bucket. */
  readonly readers: ReadonlyMap<string, ObjectReader>;
  /**
   * What the buckets of a retro scan are listed with: `readers`, but for those whose inventory the scan lists.
   * @throws RearviewError as `openInventories`
   */
  readersFor(scan: Pick<Scan, 'inventories'>): Promise<ReadonlyMap<string, ObjectReader>>;
  /**
   * Opens inventories of buckets, each of another one, in the order of the buckets.
   * @param urls of manifests of S3 Inventory
   * @throws RearviewError `ERR_USAGE` for what names no manifest, and for any where buckets have no inventories; `ERR_CONFIG` for what is no inventory
   * of one of the buckets, cannot serve, or cannot be read; `ERR_UNAVAILABLE`
   */
  openInventories(urls: readonly string[]): Promise<readonly Inventory[]>;
  /** What retro scans list, in order. */
  readonly buckets: readonly string[];
  /** Limits of previews. The target enforces them; a caller can only plan with them. */
  readonly previews: PreviewLimits;
  /** Takes uploads. */
  readonly corpus: ObjectStore;
  /** Has somebody plan the batches of a scan that was created or resumed. */
  runBatcher(scanId: string): Promise<void>;
  /**
   * Has a preview started: a scan with rules that are not published, which alerts nobody and leaves nothing but its ledger. In AWS this resolves when
   * that is asked for, and the scan is there a moment later; where the batcher refuses it, a cancelled scan that has the reason.
   * @throws RearviewError `ERR_USAGE` or `ERR_CONFIG` for what cannot be previewed, `ERR_UNAVAILABLE`
   */
  startPreview(request: PreviewRequest): Promise<void>;
  /**
   * Has a preview cancelled, in AWS a moment later. One that has ended stays as it is; one that is still on its way is not begun.
   * @throws RearviewError `ERR_USAGE` for an id that is none of a preview, `ERR_STATE` for a scan of another kind, `ERR_UNAVAILABLE`
   */
  cancelPreview(scanId: string): Promise<void>;
  /**
   * Runs the pipeline in this process. Absent where functions do.
   * @throws RearviewError `ERR_STATE_LOCKED` when another process does
   */
  startPipeline?(): Promise<Pipeline>;
  /** US dollars that a retro scan takes, about. */
  retroCost(work: RetroWork): number;
  /** Whether somebody takes the work. */
  isPipelineRunning(): boolean;
  close(): Promise<void>;
}
