import type { Token } from '../syntax/lexer.ts';

/** A range of the tokens of a condition: from `start` to before `end`. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

const closers: Readonly<Record<string, string>> = { '(': ')', '[': ']' };

/** The index of the closing bracket for each opening one; null if they do not pair. */
export function pairBrackets(tokens: readonly Token[]): ReadonlyMap<number, number> | null {
  const pairs = new Map<number, number>();
  const open: number[] = [];
  for (const [index, { kind, text }] of tokens.entries()) {
    if (kind !== 'punctuation') continue;
    if (text in closers) open.push(index);
    if (text !== ')' && text !== ']') continue;
    const from = open.pop();
    if (from === undefined || closers[tokens[from]?.text ?? ''] !== text) return null;
    pairs.set(from, index);
  }
  return open.length === 0 ? pairs : null;
}

/**
 * Splits a range at a word or mark outside brackets and outside `for` and `with`, whose bodies are
 * in brackets after a colon. Null if the range has a colon anywhere else: such syntax is not
 * supported here.
 */
export function splitRange(
  tokens: readonly Token[],
  brackets: ReadonlyMap<number, number>,
  { start, end }: Range,
  separator: 'or' | 'and' | ',',
): readonly Range[] | null {
  const parts: Range[] = [];
  let from = start;
  let isInHead = false;
  for (let index = start; index < end; index += 1) {
    const { kind, text } = tokens[index] ?? { kind: 'unknown', text: '' };
    const close = brackets.get(index);
    if (close !== undefined) index = close;
    else if (kind === 'identifier' && (text === 'for' || text === 'with')) isInHead = true;
    else if (kind === 'punctuation' && text === ':') {
      const body = brackets.get(index + 1);
      if (!isInHead || body === undefined) return null;
      isInHead = false;
      index = body;
    } else if (text === separator && !isInHead && (kind === 'identifier' || kind === 'punctuation')) {
      parts.push({ start: from, end: index });
      from = index + 1;
    }
  }
  return isInHead ? null : [...parts, { start: from, end }];
}
