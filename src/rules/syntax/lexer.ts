import { blockCommentEnd, gapEnd, hexPatternEnd, regexpEnd, stringEnd } from './scan-token.ts';

/**
 * - `identifier`: names and keywords alike; the meaning of a word depends on its position
 * - `pattern`, `count`, `offset`, `length`: `$a`, `#a`, `@a`, `!a`, or only the mark
 * - `hex`: a whole hex pattern with its braces
 * - `unknown`: a character that starts no token; the engine refuses the source
 */
export type TokenKind =
  | 'identifier'
  | 'pattern'
  | 'count'
  | 'offset'
  | 'length'
  | 'string'
  | 'regexp'
  | 'hex'
  | 'integer'
  | 'float'
  | 'punctuation'
  | 'unknown';

/**
 * A token of a source. White space and comments are not tokens: they are the gaps between `end` and
 * the next `start`.
 */
export interface Token {
  readonly kind: TokenKind;
  /** Text as written, including quotes and slashes. */
  readonly text: string;
  /** UTF-16 code units from the start of the source. */
  readonly start: number;
  /** After the last code unit. */
  readonly end: number;
}

/**
 * The engine accepts any Unicode decimal digit in an identifier, but only ASCII letters. This is
 * one character class, not an alternation: V8 remembers every alternative, and exhausts the stack
 * after some millions.
 */
const marked = /[$#@!][A-Za-z_\p{Nd}]*/uy;
const word = /[A-Za-z_][A-Za-z_\p{Nd}]*/uy;
const float = /[0-9]+\.[0-9]+/y;
const integer = /0x[0-9a-fA-F]+|0o[0-7]+|[0-9]+(?:KB|MB)?/y;
const punctuation = /<<|>>|==|!=|<=|>=|[<>&*\\:,.=+\-%|^~{}()[\]]/y;

const marks: Readonly<Record<string, TokenKind>> = { $: 'pattern', '#': 'count', '@': 'offset', '!': 'length' };

/**
 * Splits a source into tokens like the tokenizer of YARA-X (`parser/src/tokenizer` in
 * VirusTotal/yara-x). A slash never divides there (`\` does), so it starts a comment or a regular
 * expression. A brace starts a hex pattern after `$name =`. Never fails: input that the engine
 * would refuse becomes `unknown` tokens.
 */
export function tokenize(source: string): Token[] {
  const tokens: Token[] = [];
  let position = gapEnd(source, 0);
  /** No regular expression that starts before this position has an end. */
  let noRegexpBefore = 0;
  while (position < source.length) {
    const hexMayBegin = tokens.at(-1)?.text === '=' && tokens.at(-2)?.kind === 'pattern';
    const regexpMayBegin = position >= noRegexpBefore;
    const { kind, end } = nextToken(source, position, { hexMayBegin, regexpMayBegin });
    // If one has no end on its line, all other slashes of the line are escaped, and later ones have
    // no end either.
    if (kind === 'unknown' && regexpMayBegin && source[position] === '/') noRegexpBefore = lineEnd(source, position);
    tokens.push({ kind, text: source.slice(position, end), start: position, end });
    position = gapEnd(source, end);
  }
  return tokens;
}

function nextToken(
  source: string,
  start: number,
  { hexMayBegin, regexpMayBegin }: { readonly hexMayBegin: boolean; readonly regexpMayBegin: boolean },
): { kind: TokenKind; end: number } {
  const first = source[start] ?? '';
  if (first === '"') {
    const end = stringEnd(source, start);
    return end === null ? { kind: 'unknown', end: lineEnd(source, start) } : { kind: 'string', end };
  }
  if (first === '/') {
    // The previous gap ended here, so a block comment that starts here has no end and extends to
    // the end of the source.
    if (source[start + 1] === '*' && blockCommentEnd(source, start) === null) {
      return { kind: 'unknown', end: source.length };
    }
    const end = regexpMayBegin ? regexpEnd(source, start) : null;
    return end === null ? { kind: 'unknown', end: start + 1 } : { kind: 'regexp', end };
  }
  if (first === '{' && hexMayBegin) {
    const end = hexPatternEnd(source, start);
    if (end !== null) return { kind: 'hex', end };
  }
  const read = (expression: RegExp): number | null => {
    expression.lastIndex = start;
    return expression.test(source) ? expression.lastIndex : null;
  };
  const mark = marks[first];
  if (mark !== undefined && source.slice(start, start + 2) !== '!=')
    return { kind: mark, end: read(marked) ?? start + 1 };
  const choices: readonly (readonly [TokenKind, RegExp])[] = [
    ['identifier', word],
    ['float', float],
    ['integer', integer],
    ['punctuation', punctuation],
  ];
  for (const [kind, expression] of choices) {
    const end = read(expression);
    if (end !== null) return { kind, end };
  }
  return { kind: 'unknown', end: start + ((source.codePointAt(start) ?? 0) > 0xffff ? 2 : 1) };
}

function lineEnd(source: string, from: number): number {
  const end = source.indexOf('\n', from);
  return end < 0 ? source.length : end;
}
