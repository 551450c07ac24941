import { formatCount, formatShare } from '../domain/text/amounts.ts';

/** Limit for newly matched objects: their number, or their share of the scanned objects (0 to 1). */
export type GainLimit = number | { readonly share: number };

/** Objects that a share always allows: in a small corpus, one object is a large share. */
const leastGained = 10;

/** Returns whether more objects match now, and did not match before, than the limit allows. */
export function exceedsGainLimit(
  limit: GainLimit | null,
  { gained, scanned }: { readonly gained: number; readonly scanned: number },
): boolean {
  if (limit === null) return false;
  return gained > (typeof limit === 'number' ? limit : Math.max(leastGained, limit.share * scanned));
}

/** The limit as text: `100`, or `1 %`. */
export function formatGainLimit(limit: GainLimit): string {
  return typeof limit === 'number' ? formatCount(limit) : formatShare(limit.share);
}
