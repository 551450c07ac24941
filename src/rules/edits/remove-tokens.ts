import { type Token, tokenize } from '../syntax/lexer.ts';
import { blanksAfter, blanksBefore } from './blanks.ts';

interface Stretch {
  readonly start: number;
  readonly end: number;
}

/**
 * Removes tokens from a source. All other tokens and all comments stay. White space is removed only
 * with the tokens: with lines that contain nothing else, and between them.
 * @param tokens of `source`, in its order
 */
export function removeTokens(source: string, tokens: readonly Token[]): string {
  const starts = new Set(tokens.map(({ start }) => start));
  const wanted = textsOf(tokenize(source).filter(({ start }) => !starts.has(start)));
  const stretches = stretchesOf(source, tokens);
  const plain = cut(
    source,
    stretches.map((each) => withBlanks(source, each)),
    '',
  );
  if (isEqual(textsOf(tokenize(plain)), wanted)) return plain;
  // Two tokens that only these separated.
  return cut(source, stretches, ' ');
}

/** Groups tokens separated only by white space. */
function stretchesOf(source: string, tokens: readonly Token[]): readonly Stretch[] {
  const stretches: Stretch[] = [];
  for (const { start, end } of tokens) {
    const last = stretches.at(-1);
    if (last !== undefined && source.slice(last.end, start).trim() === '')
      stretches.splice(-1, 1, { start: last.start, end });
    else stretches.push({ start, end });
  }
  return stretches;
}

/**
 * Extends the range to its lines if nothing else is on them, otherwise to the blanks on one side,
 * so that one blank stays.
 */
function withBlanks(source: string, { start, end }: Stretch): Stretch {
  const lineStart = source.lastIndexOf('\n', start - 1) + 1;
  const nextLine = source.indexOf('\n', end);
  const lineEnd = nextLine < 0 ? source.length : nextLine;
  const from = blanksBefore(source, start);
  const to = blanksAfter(source, end, ' \t\r');
  const isFirst = from <= lineStart;
  const isLast = to >= lineEnd;
  if (isFirst && isLast) return { start: lineStart, end: nextLine < 0 ? lineEnd : lineEnd + 1 };
  if (!isLast) return { start, end: to };
  // The line end stays unchanged, CRLF or not.
  return { start: from, end };
}

function cut(source: string, stretches: readonly Stretch[], instead: string): string {
  let [text, done] = ['', 0];
  for (const { start, end } of stretches) {
    text += source.slice(done, start) + instead;
    done = end;
  }
  return text + source.slice(done);
}

function textsOf(tokens: readonly Token[]): readonly string[] {
  return tokens.map(({ text }) => text);
}

function isEqual(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((each, at) => each === b[at]);
}
