import type { ScanLimits } from '../../domain/inside/scan-limits.ts';
import type { PreviewLimits } from '../../domain/scans/preview-limits.ts';
import type { ScanPool } from '../../engine/types.ts';
import type { MatchStore } from '../../ports/match-store.ts';
import type { ObjectReader } from '../../ports/object-store.ts';
import type { RecordStore } from '../../ports/record-store.ts';
import type { ScanStore } from '../../ports/scan-store.ts';
import type { SegmentStore } from '../../ports/segment-store.ts';
import type { IndexWriter } from '../index/index-writer.ts';
import type { Observe } from '../pipeline/events.ts';
import type { RulesetLibrary } from '../rulesets/ruleset-library.ts';
import type { AlertDispatcher } from './alert-dispatcher.ts';
import type { ByteBudget } from './byte-budget.ts';
import type { Verdicts } from './verdicts.ts';

/** The parts that are needed to analyze objects, on any target. */
export interface Analyzer extends ScanLimits {
  /** By bucket. */
  readonly readers: ReadonlyMap<string, ObjectReader>;
  readonly records: RecordStore;
  readonly matches: MatchStore;
  readonly scans: ScanStore;
  readonly library: RulesetLibrary;
  readonly alerts: AlertDispatcher;
  /** Applies verdicts to objects. Default: none are applied. */
  readonly verdicts?: Verdicts | undefined;
  /** Limits of previews, whatever a preview requests. */
  readonly previews: PreviewLimits;
  readonly pool: ScanPool;
  /** The index that excludes objects from scans. Absent if the target has none. */
  readonly segments?: SegmentStore | undefined;
  /** Receives what the index keeps of objects that are scanned for the first time. Default: nothing is kept. */
  readonly indexWriter?: IndexWriter | undefined;
  /**
   * Objects that are read ahead while each worker has one: as many as it takes to have the next
   * when a worker is free.
   */
  readonly readAhead: number;
  /** Bounds the bytes of files in memory that wait for a worker. */
  readonly budget: ByteBudget;
  readonly now: () => number;
  readonly observe: Observe;
}
