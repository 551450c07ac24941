/*
 * Loops rather than regular expressions: one that ends with `[ \t]*$` is tried again at every blank before, which takes minutes for a line of them.
 */

/** Where the blanks that end at `end` begin. */
export function blanksBefore(text: string, end: number, blanks = ' \t'): number {
  let start = end;
  while (start > 0 && blanks.includes(text[start - 1] ?? '')) start -= 1;
  return start;
}

/** Where the blanks that begin at `start` end. */
export function blanksAfter(text: string, start: number, blanks = ' \t'): number {
  let end = start;
  while (end < text.length && blanks.includes(text[end] ?? '')) end += 1;
  return end;
}
