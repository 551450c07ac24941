import type { LedgerEntry, Outcome } from '../../domain/scans/outcome.ts';
import { formatCount, plural, scannedNote } from '../output/output.ts';
import type { Say } from './say.ts';

/** Files that arrive after a pause and have a line each. */
const linesAtOnce = 3;
/** Milliseconds between two counts while files keep arriving. */
const countMs = 5000;

type Scanned = Extract<Outcome, { status: 'scanned' }>;

/**
 * Prints arrived files: a line each while they are few, then a count every five seconds. Thousands
 * of lines would hide alerts.
 */
export interface Arrivals {
  add(entry: Omit<LedgerEntry, 'outcome'>, outcome: Scanned, stagedMatches: number): void;
  /** Prints what is counted. */
  flush(): void;
}

/** @param timer for tests: calls back after `countMs` */
export function createArrivals(
  say: Say,
  timer: (done: () => void) => void = (done) => void setTimeout(done, countMs).unref(),
): Arrivals {
  let lines = 0;
  let files = 0;
  let matched = 0;
  let isTiming = false;
  const flush = () => {
    if (files > 0) {
      say('arrived', `${plural(files, 'more file')}, ${matched === 0 ? 'none' : formatCount(matched)} with matches`);
    }
    files = 0;
    matched = 0;
  };
  const tick = () => {
    isTiming = false;
    // While they keep arriving, none has a line.
    if (files === 0) lines = 0;
    else time();
    flush();
  };
  const time = () => {
    if (isTiming) return;
    isTiming = true;
    timer(tick);
  };
  return {
    flush,
    add({ key, size }, outcome, staged) {
      time();
      lines += 1;
      if (lines > linesAtOnce) {
        files += 1;
        if (outcome.matches > 0) matched += 1;
        return;
      }
      const note = staged === 0 ? '' : staged === outcome.matches ? ', staged' : `, ${formatCount(staged)} staged`;
      say('arrived', `${key}: ${plural(outcome.matches, 'match', 'matches')}${note}${scannedNote(size, outcome)}`);
    },
  };
}
