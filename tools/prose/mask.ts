/** Stands for a character that is not prose. It is a letter of no alphabet, so no rule matches it and it counts as part of a word. */
export const filler = 'ˍ';

/** A part of a text, in UTF-16 units. */
export type Span = readonly [from: number, to: number];

/** The text with the same length, its spans hidden. Line ends stay. */
export function hide(text: string, spans: readonly Span[]): string {
  let hidden = text;
  for (const [from, to] of spans) {
    hidden = hidden.slice(0, from) + text.slice(from, to).replaceAll(/[^\n]/g, filler) + hidden.slice(to);
  }
  return hidden;
}

/** Hides what is quoted: the text of a file, of a message or of another page. */
export function hideQuotes(text: string): string {
  return hide(
    text,
    [...text.matchAll(/"[^"]*"|“[^”]*”/gu)].map(({ 0: quoted, index }): Span => [index, index + quoted.length]),
  );
}
