/** Tells files that rest from those that are still being written. */
export interface Settling {
  /** Whether the file has looked the same since a call at least `settleMs` ago. */
  isSettled(path: string, fingerprint: string): boolean;
  /** Forgets the files that were not asked for since the last call. */
  endSweep(): void;
}

interface Seen {
  readonly fingerprint: string;
  readonly sinceMs: number;
  sweep: number;
}

/**
 * By comparing what a file looks like at one sweep and at the next, not by its times: the clock of a file server may be another.
 * @param options.settleMs how long a file must stay as it is
 * @param options.now milliseconds of a clock that never goes back
 */
export function createSettling({ settleMs, now }: { readonly settleMs: number; readonly now: () => number }): Settling {
  const files = new Map<string, Seen>();
  let sweep = 0;
  return {
    isSettled(path, fingerprint) {
      const seen = files.get(path);
      if (seen === undefined || seen.fingerprint !== fingerprint) {
        files.set(path, { fingerprint, sinceMs: now(), sweep });
        return settleMs <= 0;
      }
      seen.sweep = sweep;
      return now() - seen.sinceMs >= settleMs;
    },
    endSweep() {
      for (const [path, seen] of files) if (seen.sweep !== sweep) files.delete(path);
      sweep += 1;
    },
  };
}
