import { setTimeout as sleep } from 'node:timers/promises';

/** Resolves after so many milliseconds, or when the signal comes. */
export async function pauseFor(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => undefined);
}
