import type { CliContext } from '../context.ts';
import { eraseLine } from './guarded-output.ts';

const redrawMs = 100;
/** Between two lines where no terminal shows one that changes. */
const plainLineMs = 5000;

/**
 * A line at the bottom of a terminal that changes in place; otherwise a line every few seconds.
 */
export interface StatusLine {
  /** Draws the current text, if it is time. Call it as often as convenient. */
  draw(): void;
  /**
   * Begins something new. A terminal shows it at once; otherwise the first line is printed after a
   * while.
   */
  begin(): void;
  /** Removes the line. */
  clear(): void;
  /** Writes something above the line. */
  above(write: () => void): void;
}

export interface StatusLineOptions {
  /** The current text for a terminal, and for a separate line; null for nothing. */
  readonly describe: () => { readonly terminal: string; readonly plain: string } | null;
  /** Milliseconds of a clock. */
  readonly now: () => number;
}

/** Writes to stderr only. The texts must be safe for a terminal. */
export function createStatusLine(
  { stderr, isTerminal }: Pick<CliContext, 'stderr' | 'isTerminal'>,
  { describe, now }: StatusLineOptions,
): StatusLine {
  let isDrawn = false;
  let lastDrawnMs = Number.NEGATIVE_INFINITY;
  let lastPlain = '';

  const clear = () => {
    if (isDrawn) eraseLine(stderr);
    isDrawn = false;
  };
  const draw = () => {
    const atMs = now();
    if (atMs - lastDrawnMs < (isTerminal.stderr ? redrawMs : plainLineMs)) return;
    const shown = describe();
    if (shown === null) return;
    lastDrawnMs = atMs;
    if (isTerminal.stderr) {
      clear();
      stderr.write(shown.terminal.slice(0, columnsOf(stderr) - 1));
      isDrawn = true;
    } else if (shown.plain !== lastPlain) {
      lastPlain = shown.plain;
      stderr.write(`${shown.plain}\n`);
    }
  };
  return {
    draw,
    clear,
    begin() {
      lastDrawnMs = isTerminal.stderr ? Number.NEGATIVE_INFINITY : now();
    },
    above(write) {
      const wasDrawn = isDrawn;
      clear();
      write();
      if (!wasDrawn) return;
      lastDrawnMs = Number.NEGATIVE_INFINITY;
      draw();
    },
  };
}

function columnsOf(stream: object): number {
  return 'columns' in stream && typeof stream.columns === 'number' && stream.columns > 0 ? stream.columns : 80;
}
