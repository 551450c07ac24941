import type { ScanStore } from '../../ports/scan-store.ts';
import type { SegmentStore } from '../../ports/segment-store.ts';

/** A reader of the index may go on with a segment for so long after it was retired. */
const retiredMs = 60 * 60 * 1000;
const dayMs = 24 * 60 * 60 * 1000;

/**
 * Removes segments that were retired an hour ago. Those that a ledger names stay, so that the scan
 * can be proven: as long as the ledger keeps its other entries.
 */
export async function removeRetired({
  segments,
  scans,
  now,
  ledgerDays = Number.POSITIVE_INFINITY,
}: {
  readonly segments: SegmentStore;
  readonly scans: Pick<ScanStore, 'hasExclusionsBy'>;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Days after which a ledger no longer has its entries. Default: it keeps them. */
  readonly ledgerDays?: number;
}): Promise<void> {
  for (const { segment, retiredAt } of await segments.listRetired()) {
    const ageMs = now - retiredAt;
    if (ageMs < retiredMs) continue;
    const isKept = ageMs < ledgerDays * dayMs && (await scans.hasExclusionsBy(segment.name));
    if (!isKept) await segments.remove(segment);
  }
}
