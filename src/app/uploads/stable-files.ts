import type { FileState } from '../../ports/file-source.ts';
import type { UploadFile } from './upload-report.ts';

/** A file that did not change for this long needs no second check. */
const oldMs = 60_000;
const firstDelayMs = 1000;
const mostDelayMs = 600_000;

/**
 * Separates stable files from those that are still being written, and holds back those that failed.
 */
export interface StableFiles {
  /**
   * Whether the file has been unchanged since a call at least `settleMs` ago, and is not held back.
   */
  isStable(file: Pick<UploadFile, 'path' | 'pathBytes'>, state: FileState): boolean;
  /**
   * Holds the file back for a second, twice as long each time, at most ten minutes; no longer once
   * it changes.
   */
  holdBack(file: Pick<UploadFile, 'path' | 'pathBytes'>): void;
  /** Forgets the files that were not checked in the last two sweeps. */
  endSweep(): void;
}

export interface StableFilesOptions {
  /** Milliseconds that a file must stay as it is. */
  readonly settleMs: number;
  /** Milliseconds of a clock that never goes back. Default: `performance.now`. */
  readonly now?: () => number;
  /** Milliseconds since 1970. Default: `Date.now`. */
  readonly wallNow?: () => number;
}

interface Seen {
  fingerprint: string;
  sinceMs: number;
  sweep: number;
  failures: number;
  notBeforeMs: number;
}

/**
 * Compares the state of a file in one sweep and in the next, not its times: the clock of
 * a file server may be another. Only a file that by its time changed a minute ago is taken as it
 * is, so that the first sweep over a large folder need not remember it.
 */
export function createStableFiles({
  settleMs,
  now = () => performance.now(),
  wallNow = Date.now,
}: StableFilesOptions): StableFiles {
  const files = new Map<string, Seen>();
  let sweep = 0;
  return {
    isStable(file, { fingerprint, changedAtMs }) {
      const id = idOf(file);
      const seen = files.get(id);
      if (seen === undefined && wallNow() - changedAtMs > oldMs) return true;
      if (seen === undefined || seen.fingerprint !== fingerprint) {
        files.set(id, { fingerprint, sinceMs: now(), sweep, failures: 0, notBeforeMs: 0 });
        return settleMs <= 0;
      }
      seen.sweep = sweep;
      return now() - seen.sinceMs >= settleMs && now() >= seen.notBeforeMs;
    },
    holdBack(file) {
      const id = idOf(file);
      // One that was taken at once is not known yet: its next look counts as a change, and is taken
      // as the first.
      const seen = files.get(id) ?? { fingerprint: '', sinceMs: now(), sweep, failures: 0, notBeforeMs: 0 };
      const delayMs = Math.min(mostDelayMs, firstDelayMs * 2 ** seen.failures);
      files.set(id, { ...seen, sweep, failures: seen.failures + 1, notBeforeMs: now() + delayMs });
    },
    endSweep() {
      for (const [id, seen] of files) if (seen.sweep < sweep - 1) files.delete(id);
      sweep += 1;
    },
  };
}

/** The bytes of the path, one way or the other. */
function idOf({ path, pathBytes }: Pick<UploadFile, 'path' | 'pathBytes'>): string {
  return `${path}\0${pathBytes ?? ''}`;
}
