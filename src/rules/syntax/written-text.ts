import { type Token, tokenize } from './lexer.ts';
import { gapEnd } from './scan-token.ts';
import type { ParsedPattern, ParsedRule, Span } from './syntax.ts';

/**
 * Returns display names for the patterns of a rule. Anonymous ones are named by position among all,
 * from 1: `$ (2)`.
 */
export function patternName({ identifier }: ParsedPattern, index: number): string {
  return identifier === '$' ? `$ (${index + 1})` : identifier;
}

/**
 * Returns the text of a rule's patterns and its condition, by the name of the pattern or
 * `condition`; each on one line, without comments.
 */
export function writtenTexts(source: string, rule: ParsedRule): ReadonlyMap<string, string> {
  return new Map([
    // The text of a pattern starts after `$a =`.
    ...rule.patterns.map((pattern, index): [string, string] => [
      patternName(pattern, index),
      oneLine(source, pattern, 2),
    ]),
    ['condition', oneLine(source, rule.parts.condition)],
  ]);
}

/**
 * Returns a part of a source on one line, without comments.
 * @param skip number of tokens to leave out at the start. Default: 0
 */
export function oneLine(source: string, { start, end }: Pick<Span, 'start' | 'end'>, skip = 0): string {
  return writtenTokens(tokenize(source.slice(start, end)).slice(skip));
}

/** Returns tokens as they are written, on one line, with one space where there is a gap. */
export function writtenTokens(tokens: readonly Token[]): string {
  return tokens
    .map((token, index) => {
      const isApart = index > 0 && tokens[index - 1]?.end !== token.start;
      return `${isApart ? ' ' : ''}${token.kind === 'hex' ? withoutGaps(token.text) : token.text}`;
    })
    .join('');
}

/** A hex pattern, whose token includes its white space and comments. */
function withoutGaps(hex: string): string {
  let text = '';
  for (let position = 0; position < hex.length; ) {
    const end = gapEnd(hex, position);
    text += `${end > position ? ' ' : ''}${hex[end] ?? ''}`;
    position = end + 1;
  }
  return text;
}
