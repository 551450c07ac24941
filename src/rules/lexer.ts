/** What a token is. `gap` is white space, a line end or a comment: it never means anything. */
export type TokenKind =
  | 'gap'
  | 'identifier'
  /** `$a`, `#a`, `@a`, `!a`, and each of the marks alone. */
  | 'pattern'
  | 'number'
  | 'string'
  | 'regexp'
  | 'hex'
  | 'punctuation'
  /** A character that begins no token: the engine refuses the source. */
  | 'unknown';

export interface Token {
  readonly kind: TokenKind;
  /** As written. All tokens of a source, put together, are the source. */
  readonly text: string;
  /** UTF-16 code units from the start of the source. */
  readonly offset: number;
}

const spaces = ' \\t\\u00a0\\u2000-\\u200a\\u202f\\u205f\\r\\n';
const comment = '\\/\\/[^\\n]*|\\/\\*[\\s\\S]*?\\*\\/';
const gap = new RegExp(`(?:[${spaces}]+|${comment})+`, 'y');
/** At most one byte-order mark, at the start. */
const mark = /\ufeff/y;
/** In order of preference, where several could begin at the same place. */
const tokens: readonly (readonly [TokenKind, RegExp])[] = [
  ['pattern', /[$#@!](?:[A-Za-z_]|\p{Nd})+|[$#@]|!(?!=)/uy],
  ['identifier', /[A-Za-z_](?:[A-Za-z_]|\p{Nd})*/uy],
  ['number', /0x[0-9a-fA-F]+|0o[0-7]+|[0-9]+\.[0-9]+|[0-9]+(?:KB|MB)?/y],
  ['string', /"""(?:\\[^\n]|[^"\\])*"""|"(?:\\[^\n]|[^"\n\\])*"/y],
  ['regexp', /\/(?:\\[^\n]|[^*/\\\n])(?:\\[^\n]|[^\\/\n])*\/[A-Za-z]{0,2}/y],
  ['punctuation', /<<|>>|==|!=|<=|>=|[<>&*\\:,.=+\-%|^~{}()[\]]/y],
  ['unknown', /[\s\S]/uy],
];
/** All that may stand between the braces of a hex pattern: the engine reads it in a mode of its own. */
const hexBody = new RegExp(`(?:[${spaces}]+|${comment}|[^}/])*\\}`, 'y');

/**
 * Splits a source into tokens as YARA-X does (`parser/src/tokenizer` of VirusTotal/yara-x): `/` never divides (that is `\`), so it begins a comment or a regular
 * expression; a brace that follows `$name =` begins a hex pattern, which is one token here.
 */
export function tokenize(source: string): Token[] {
  const found: Token[] = [];
  /** The kinds and texts of the last two tokens that mean something. */
  let before: Token | undefined;
  let last: Token | undefined;
  for (let offset = 0; offset < source.length; ) {
    const token = nextToken(source, offset, last?.text === '=' && before?.kind === 'pattern');
    found.push(token);
    offset += token.text.length;
    if (token.kind === 'gap') continue;
    before = last;
    last = token;
  }
  return found;
}

function nextToken(source: string, offset: number, mayBeHex: boolean): Token {
  const read = (expression: RegExp, from = offset) => {
    expression.lastIndex = from;
    return expression.exec(source)?.[0];
  };
  const skipped = read(gap) ?? (offset === 0 ? read(mark) : undefined);
  if (skipped !== undefined) return { kind: 'gap', text: skipped, offset };
  if (mayBeHex && source[offset] === '{') {
    const body = read(hexBody, offset + 1);
    if (body !== undefined) return { kind: 'hex', text: `{${body}`, offset };
  }
  for (const [kind, expression] of tokens) {
    const text = read(expression);
    if (text !== undefined) return { kind, text, offset };
  }
  throw new Error(`Nothing begins at offset ${offset}.`);
}
