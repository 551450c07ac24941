/*
 * Loops instead of regular expressions: one that ends with `[ \t]*$` is retried at every earlier
 * blank, which takes minutes for a line of them.
 */

/** Returns where the blanks that end at `end` start. */
export function blanksBefore(text: string, end: number, blanks = ' \t'): number {
  let start = end;
  while (start > 0 && blanks.includes(text[start - 1] ?? '')) start -= 1;
  return start;
}

/** Returns where the blanks that start at `start` end. */
export function blanksAfter(text: string, start: number, blanks = ' \t'): number {
  let end = start;
  while (end < text.length && blanks.includes(text[end] ?? '')) end += 1;
  return end;
}
