import { setTimeout as sleep } from 'node:timers/promises';

/** Resolves after this many milliseconds, or on the signal. */
export async function pauseFor(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => undefined);
}
