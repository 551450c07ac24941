import { type Token, tokenize } from './lexer.ts';
import { gapEnd } from './scan-token.ts';

/** A comment with its marks. */
export interface Comment {
  readonly text: string;
  /** UTF-16 code units from the start of the source. */
  readonly start: number;
  /** After the last code unit. */
  readonly end: number;
}

/**
 * Returns the comments of a source, in order. They occur only between its tokens and within hex
 * patterns.
 */
export function commentsOf(source: string, tokens: readonly Token[] = tokenize(source)): readonly Comment[] {
  const comments: Comment[] = [];
  const add = (start: number, end: number) => comments.push({ text: source.slice(start, end), start, end });
  gapEnd(source, 0, add);
  for (const { kind, start, end } of tokens) {
    // A hex pattern is one token.
    if (kind === 'hex') for (let at = start + 1; at < end; ) at = gapEnd(source, at, add) + 1;
    gapEnd(source, end, add);
  }
  return comments;
}
