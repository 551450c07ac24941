import { setTimeout as sleep } from 'node:timers/promises';
import { finalStates, type Scan } from '../../domain/scans/scan.ts';
import type { ScanStore } from '../../ports/scan-store.ts';
import { getScan, takenOverBy } from './retro-scans.ts';

/** So many merges may have come one after the other while the first scan ran. */
const maxChain = 50;

/**
 * A scan and those that took over from it, one from the other, the last of them at the end: what it had left is theirs.
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

export interface WatchOptions {
  /** Milliseconds to wait for the end at most. */
  readonly waitMs: number;
  /** Milliseconds between two looks. */
  readonly pollMs: number;
  readonly signal: AbortSignal;
  /** Told of the scan that is watched at each look. */
  readonly onLook?: (scan: Scan) => void;
}

/**
 * As `followScan`, when the last of them has ended, is paused, or the time is up, whichever comes first.
 * @throws RearviewError `ERR_NOT_FOUND`
 */
export async function watchScan(
  scans: ScanStore,
  scanId: string,
  { waitMs, pollMs, signal, onLook = () => undefined }: WatchOptions,
): Promise<readonly [Scan, ...Scan[]]> {
  const until = performance.now() + waitMs;
  for (;;) {
    const chain = await followScan(scans, scanId);
    const last = lastOf(chain);
    onLook(last);
    const leftMs = until - performance.now();
    if (hasEnded(last) || last.state === 'paused' || leftMs <= 0 || signal.aborted) return chain;
    await sleep(Math.min(pollMs, leftMs), undefined, { signal }).catch(() => undefined);
  }
}

/** The scan that the others led to. */
export function lastOf(chain: readonly [Scan, ...Scan[]]): Scan {
  return chain[chain.length - 1] ?? chain[0];
}

export function hasEnded({ state }: Pick<Scan, 'state'>): boolean {
  return finalStates.includes(state);
}
