import type { PrintedText } from './types.ts';

/** Limits per scan. A rule may print in a loop, and a hostile file decides how often. */
const mostLines = 100;
const mostCharacters = 16_384;
const longestLine = 2_000;

/** Keeps what rules print during one scan, up to the limits. */
export interface PrintedLimit {
  /** Returns the text to keep; null if it is dropped. */
  admit(text: string): string | null;
  /** Number of dropped texts. */
  readonly dropped: number;
}

export function createPrintedLimit(): PrintedLimit {
  let lines = 0;
  let characters = 0;
  let dropped = 0;
  return {
    admit(text) {
      const kept = text.length > longestLine ? `${text.slice(0, longestLine)}…` : text;
      // Nothing is kept after a gap.
      if (dropped > 0 || lines === mostLines || characters + kept.length > mostCharacters) {
        dropped += 1;
        return null;
      }
      lines += 1;
      characters += kept.length;
      return kept;
    },
    get dropped() {
      return dropped;
    },
  };
}

/** Combines the output of two scans of one file. */
export function joinPrinted(a: PrintedText | undefined, b: PrintedText | undefined): PrintedText | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return { lines: [...a.lines, ...b.lines], dropped: a.dropped + b.dropped };
}
