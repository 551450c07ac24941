import type { Scan } from '../../domain/scans/scan.ts';
import type { ScanStore } from '../../ports/scan-store.ts';
import { getScan, takenOverBy } from './retro-scans.ts';
import { hasStopped, type WaitOptions, waitForScan } from './wait-for-scan.ts';

/** Maximum number of merges that can follow one another while the first scan runs. */
const maxChain = 50;

/**
 * A scan and the scans that took over from it, one from the other: what it had left belongs to the
 * last.
 * @throws RearviewError `ERR_NOT_FOUND`
 */
export async function followScan(scans: ScanStore, scanId: string): Promise<readonly [Scan, ...Scan[]]> {
  const chain: [Scan, ...Scan[]] = [await getScan(scans, scanId)];
  while (chain.length < maxChain) {
    const last = chain[chain.length - 1];
    const next = last === undefined ? null : takenOverBy(last);
    if (next === null || chain.some(({ id }) => id === next)) break;
    chain.push(await getScan(scans, next));
  }
  return chain;
}

/**
 * Like `followScan`, once the last of the scans has ended or is paused, or the wait is over.
 * @throws RearviewError `ERR_NOT_FOUND`
 */
export function watchScan(
  scans: ScanStore,
  scanId: string,
  { onLook, ...options }: WaitOptions<Scan>,
): Promise<readonly [Scan, ...Scan[]]> {
  return waitForScan(
    () => followScan(scans, scanId),
    (chain) => hasStopped(lastOf(chain)),
    { ...options, onLook: (chain) => onLook?.(lastOf(chain)) },
  );
}

/** The last scan of a chain. */
export function lastOf(chain: readonly [Scan, ...Scan[]]): Scan {
  return chain[chain.length - 1] ?? chain[0];
}
