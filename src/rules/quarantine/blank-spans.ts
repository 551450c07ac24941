/** A range of a text, in UTF-16 code units. */
interface Range {
  readonly start: number;
  readonly end: number;
}

/**
 * Replaces each character in ranges of a text by a space. Line ends stay, so everything else keeps
 * its line and column. The ranges may be in any order and overlap.
 */
export function blankSpans(text: string, spans: readonly Range[]): string {
  const pieces: string[] = [];
  let done = 0;
  for (const { start, end } of spans.toSorted((a, b) => a.start - b.start)) {
    const from = Math.max(start, done);
    if (end <= from) continue;
    pieces.push(text.slice(done, from), text.slice(from, end).replace(/[^\n\r]/gu, ' '));
    done = end;
  }
  return [...pieces, text.slice(done)].join('');
}
