import type { PrintedText } from './types.ts';

/** Of one scan. A rule may print in a loop, and a hostile file decides how often. */
const mostLines = 100;
const mostCharacters = 16_384;
const longestLine = 2_000;

/** Keeps what rules print during one scan, as far as it goes. */
export interface PrintedLimit {
  /** The text as it is to be kept; null where it is dropped. */
  admit(text: string): string | null;
  /** Texts that were dropped. */
  readonly dropped: number;
}

export function createPrintedLimit(): PrintedLimit {
  let lines = 0;
  let characters = 0;
  let dropped = 0;
  return {
    admit(text) {
      const kept = text.length > longestLine ? `${text.slice(0, longestLine)}…` : text;
      // Nothing is kept behind a gap.
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

/** What two scans of one file printed, one after the other. */
export function joinPrinted(a: PrintedText | undefined, b: PrintedText | undefined): PrintedText | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return { lines: [...a.lines, ...b.lines], dropped: a.dropped + b.dropped };
}
