import type { ScanReport } from '../../engine/types.ts';
import type { IndexedObject } from '../../index/indexed-object.ts';
import type { DamagedReport } from '../analysis/read-and-scan.ts';

/** Reasons that another scan may not have: it might open more, or other parts. */
const passingReasons = ['time', 'timeout', 'engine_crash', 'out_of_memory', 'unpacker_crash'] as const;

/** What the index keeps of a scanned object: all that a scan sees. Null if another scan may see more. */
export function contentsOf(report: ScanReport | DamagedReport): IndexedObject['contents'] | null {
  if (report.status !== 'scanned' || report.indexed === undefined) return null;
  const reasons = report.inside?.reasons ?? {};
  return passingReasons.some((reason) => reasons[reason] !== undefined) ? null : report.indexed;
}
