import type { ScanStore } from '../../ports/scan-store.ts';
import type { SegmentStore } from '../../ports/segment-store.ts';

/** Who reads the index when a segment is retired may go on for so long. */
const retiredMs = 60 * 60 * 1000;

/**
 * Removes segments that were retired an hour ago. Those that a ledger names stay: the scan can be
 * proven with them.
 */
export async function removeRetired({
  segments,
  scans,
  now,
}: {
  readonly segments: SegmentStore;
  readonly scans: Pick<ScanStore, 'exclusionsBy'>;
  /** Milliseconds since 1970. */
  readonly now: number;
}): Promise<void> {
  for (const { segment, retiredAt } of await segments.listRetired()) {
    if (now - retiredAt < retiredMs) continue;
    if ((await scans.exclusionsBy(segment.name)).length === 0) await segments.remove(segment);
  }
}
