import type { Diagnostic } from '../../domain/rulesets/diagnostic.ts';
import { type Token, tokenize } from '../../rules/syntax/lexer.ts';
import { createLineIndex } from '../../rules/syntax/line-index.ts';
import { integerValue } from '../../rules/syntax/literals.ts';

/**
 * Finds integers in `meta` that JavaScript cannot represent exactly. The engine compiles such a
 * rule, and then fails every scan in which it matches ("can't be represented as a JavaScript
 * number"), so they count as errors.
 * @param source that compiles
 */
export function unsafeMetaIntegers(namespace: string, source: string): Diagnostic[] {
  const tokens = tokenize(source);
  const placeOf = createLineIndex(source);
  return tokens.flatMap((token, index) =>
    isWord(token, 'meta') && isWord(tokens[index + 1], ':')
      ? metaIntegers(tokens, index + 2)
          .filter(({ text }) => integerValue(text) > BigInt(Number.MAX_SAFE_INTEGER))
          .map(({ text, start }) => ({
            severity: 'error',
            code: 'engine/meta-integer',
            message: `the integer ${text} in meta is too large to be reported exactly: put it in quotes`,
            file: namespace,
            ...placeOf(start),
          }))
      : [],
  );
}

/** Returns the integers among the values of a meta block, whose first entry is at `index`. */
function metaIntegers(tokens: readonly Token[], index: number): readonly Token[] {
  const found: Token[] = [];
  for (let at = index; tokens[at]?.kind === 'identifier' && isWord(tokens[at + 1], '='); at += 1) {
    at += isWord(tokens[at + 2], '-') ? 3 : 2;
    const value = tokens[at];
    if (value?.kind === 'integer') found.push(value);
  }
  return found;
}

function isWord(token: Token | undefined, text: string): boolean {
  return token !== undefined && (token.kind === 'identifier' || token.kind === 'punctuation') && token.text === text;
}
