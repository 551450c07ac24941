import type { MetaEntry, MetaValue } from '../../domain/rulesets/rule.ts';
import { integerValue, stringText } from './literals.ts';
import { type TokenCursor, UnexpectedToken } from './token-cursor.ts';

/**
 * Parses the meta block after the word `meta`. Strings are decoded as `stringText` does; integers
 * beyond 2^53 lose precision.
 */
export function parseMeta(cursor: TokenCursor): MetaEntry[] {
  cursor.expectText(':');
  const entries: MetaEntry[] = [];
  // `strings` and `condition` are keywords: no meta has such an identifier.
  while (cursor.peek()?.kind === 'identifier' && cursor.peek(1)?.text === '=') {
    const identifier = cursor.expectKind('an identifier', 'identifier').text;
    cursor.expectText('=');
    entries.push({ identifier, value: parseValue(cursor) });
  }
  if (entries.length === 0) throw new UnexpectedToken('the identifier of a meta entry', cursor.peek());
  return entries;
}

function parseValue(cursor: TokenCursor): MetaValue {
  if (cursor.takeText('true')) return true;
  if (cursor.takeText('false')) return false;
  if (cursor.peek()?.kind === 'string') return stringText(cursor.expectKind('a text', 'string').text);
  const sign = cursor.takeText('-') ? -1 : 1;
  const { kind, text } = cursor.expectKind('a text, number, `true` or `false`', 'integer', 'float');
  // Adding zero, because the engine treats a literal -0 as 0.
  return sign * (kind === 'float' ? Number(text) : Number(integerValue(text))) + 0;
}
