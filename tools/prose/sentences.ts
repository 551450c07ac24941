import { filler, type Span } from './mask.ts';

/** A sentence may not be longer. */
export const maxWords = 25;

/** A full stop after one of these, or after a single letter, ends no sentence. */
const abbreviations = /(?:^|[\s(])(?:e\.g|i\.e|etc|vs|cf|no|approx|[A-Z])\.$/u;

/** The sentences of a paragraph whose code and links are hidden, without the space between them. */
export function sentencesOf(text: string): readonly Span[] {
  const spans: Span[] = [];
  let from = text.search(/\S/u);
  for (const { 0: mark, index } of text.matchAll(/[.!?]+["”)*_\]]*(?=\s+[^\s\p{Ll}]|\s*$)/gu)) {
    const to = index + mark.length;
    if (abbreviations.test(text.slice(from, to))) continue;
    spans.push([from, to]);
    from = to + Math.max(0, text.slice(to).search(/\S/u));
  }
  const end = text.trimEnd().length;
  return from >= 0 && from < end && spans.at(-1)?.[1] !== end ? [...spans, [from, end]] : spans;
}

/** How many words a text has. A dash or an ellipsis by itself is none. */
export function countWords(text: string): number {
  return text.split(/\s+/u).filter((word) => word.includes(filler) || /[\p{L}\p{N}]/u.test(word)).length;
}
