import { setTimeout as sleep } from 'node:timers/promises';

/** Tries in all. */
export const maxAttempts = 5;
const firstMs = 200;
const mostMs = 10_000;

/** The clock for waits between the tries for one file. */
export interface UploadClock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Resolves early when the signal comes. */
  pause(ms: number, signal: AbortSignal): Promise<void>;
  /** At least 0, below 1. */
  random(): number;
}

/** The clock of this machine. */
export const systemClock: UploadClock = {
  now: Date.now,
  random: Math.random,
  pause: (ms, signal) => sleep(ms, undefined, { signal }).catch(() => undefined),
};

/**
 * How long to wait before the next try: between half of 200 ms and all of it, twice as much each
 * time, at most 10 s. The spread keeps many uploads that failed together from coming back together
 * (https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/, "equal jitter").
 * @param attempt the one that failed, from 1
 */
export function backoffMs(attempt: number, random: () => number): number {
  const most = Math.min(mostMs, firstMs * 2 ** (attempt - 1));
  return most / 2 + (most / 2) * random();
}
