import type { ScanLimits } from '../../domain/inside/scan-limits.ts';
import type { Scan } from '../../domain/scans/scan.ts';
import type { ObjectReader } from '../../ports/object-store.ts';
import type { Queue } from '../../ports/queue.ts';
import type { Analyzer } from '../analysis/analyzer.ts';

/** The parts that are needed to plan scans, on any target. */
export type Batcher = Pick<
  Analyzer,
  'records' | 'scans' | 'library' | 'previews' | 'segments' | keyof ScanLimits | 'now' | 'observe'
> & {
  /** Queues for batches: previews and retro scans do not wait for each other. */
  readonly queues: { readonly retro: Queue; readonly preview: Queue };
  /** Whether a scan has to wait, checked before each step. Default: none has. */
  readonly isHeld?: (scan: Scan) => Promise<boolean>;
  /** Opens the readers that list the buckets of a scan, once in each run. */
  readonly readersFor: (scan: Pick<Scan, 'inventories'>) => Promise<ReadonlyMap<string, ObjectReader>>;
  /** Names this batcher among others. */
  readonly owner: string;
  /** Milliseconds between renewals of the lease. Default: 20,000, a third of its time. */
  readonly renewMs?: number;
  /**
   * Whether a delivery has as much time as it needs. Then a batch of a preview is as large as one
   * of a retro scan, and costs as few transactions. Default: false.
   */
  readonly untimed?: boolean;
  /**
   * Whether a retro scan takes damaged segments out of the index, and so out of the plans of later
   * scans. Default: false. Their objects are indexed again in either case.
   */
  readonly retiresDamaged?: boolean;
};
