import { setTimeout as sleep } from 'node:timers/promises';
import { finalStates, type Scan } from '../../domain/scans/scan.ts';

export interface WaitOptions<Seen> {
  /** Milliseconds between two reads. */
  readonly pollMs: number;
  readonly signal: AbortSignal;
  /** Maximum wait in milliseconds. Default: no limit. */
  readonly waitMs?: number;
  /** Called after each look. */
  readonly onLook?: ((seen: Seen) => unknown) | undefined;
}

/**
 * Looks at a scan again and again until `isOver`, the time is up, or the signal is aborted.
 * @returns what the last look has seen
 * @throws what `look` throws
 */
export async function waitForScan<Seen>(
  look: () => Promise<Seen>,
  isOver: (seen: Seen) => boolean,
  { pollMs, signal, waitMs = Infinity, onLook }: WaitOptions<Seen>,
): Promise<Seen> {
  const until = performance.now() + waitMs;
  for (;;) {
    const seen = await look();
    await onLook?.(seen);
    const leftMs = until - performance.now();
    if (isOver(seen) || leftMs <= 0 || signal.aborted) return seen;
    await sleep(Math.min(pollMs, leftMs), undefined, { signal }).catch(() => undefined);
  }
}

/**
 * Milliseconds between two looks at a scan: a target without a pipeline of its own is a service far
 * away.
 */
export function pollMsOf(target: { readonly startPipeline?: unknown }): number {
  return target.startPipeline === undefined ? 2000 : 100;
}

/** Whether a scan has completed, failed or was cancelled. */
export function hasEnded({ state }: Pick<Scan, 'state'>): boolean {
  return finalStates.includes(state);
}

/** Whether a scan has ended or is paused. */
export function hasStopped(scan: Pick<Scan, 'state'>): boolean {
  return hasEnded(scan) || scan.state === 'paused';
}
