import type { Token, TokenKind } from './lexer.ts';
import type { Place } from './line-index.ts';
import type { Span } from './syntax.ts';

/** Thrown and caught inside the parser: a rule or statement does not continue as required. */
export class UnexpectedToken extends Error {
  /** Null at the end of the source. */
  readonly token: Token | null;

  constructor(expected: string, token: Token | null) {
    const found = token === null ? 'the end of the file' : `\`${token.text.slice(0, 40)}\``;
    super(`expected ${expected}, found ${found}`);
    this.token = token;
  }
}

/** Walks over tokens, one at a time. */
export interface TokenCursor {
  /** Index of the next token. */
  position: number;
  /** The next token (or the one `ahead` of it), without consuming it. */
  peek(ahead?: number): Token | null;
  /** Consumes the next token, whatever it is; null at the end. */
  take(): Token | null;
  /**
   * Consumes the next token if it has this text. Tokens that carry a value (strings, patterns …)
   * never do.
   */
  takeText(text: string): Token | null;
  /** Consumes the next token, which must be of one of these kinds. */
  expectKind(expected: string, ...kinds: readonly TokenKind[]): Token;
  /** Consumes the next token, which must have this text. */
  expectText(text: string): Token;
  /** From the token at `first` to the last one consumed. */
  spanFrom(first: number): Span;
}

/** Creates a cursor before the first token. `placeOf` finds the line of an offset. */
export function createTokenCursor(tokens: readonly Token[], placeOf: (offset: number) => Place): TokenCursor {
  const cursor: TokenCursor = {
    position: 0,
    peek: (ahead = 0) => tokens[cursor.position + ahead] ?? null,
    take() {
      const token = cursor.peek();
      if (token !== null) cursor.position += 1;
      return token;
    },
    takeText(text) {
      return isWord(cursor.peek(), text) ? cursor.take() : null;
    },
    expectKind(expected, ...kinds) {
      const token = cursor.peek();
      if (token === null || !kinds.includes(token.kind)) throw new UnexpectedToken(expected, token);
      cursor.position += 1;
      return token;
    },
    expectText(text) {
      const token = cursor.takeText(text);
      if (token === null) throw new UnexpectedToken(`\`${text}\``, cursor.peek());
      return token;
    },
    spanFrom(first) {
      const start = tokens[first]?.start ?? 0;
      const last = tokens[Math.max(cursor.position - 1, first)];
      return { start, end: last?.end ?? start, line: placeOf(start).line };
    },
  };
  return cursor;
}

function isWord(token: Token | null, text: string): boolean {
  return token !== null && (token.kind === 'identifier' || token.kind === 'punctuation') && token.text === text;
}
