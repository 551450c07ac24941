import { integerValue, stringBytes } from './literals.ts';
import type { ParsedPattern } from './syntax.ts';
import { type TokenCursor, UnexpectedToken } from './token-cursor.ts';

const kinds = { string: 'text', hex: 'hex', regexp: 'regexp' } as const;
const modifierNames: ReadonlySet<string> = new Set([
  ...['ascii', 'wide', 'nocase', 'fullword', 'private'],
  ...['xor', 'base64', 'base64wide'],
]);

/** Parses the patterns after the word `strings`. */
export function parsePatterns(cursor: TokenCursor): ParsedPattern[] {
  cursor.expectText(':');
  const patterns: ParsedPattern[] = [];
  while (cursor.peek()?.kind === 'pattern') patterns.push(parsePattern(cursor));
  if (patterns.length === 0) throw new UnexpectedToken('a pattern', cursor.peek());
  return patterns;
}

function parsePattern(cursor: TokenCursor): ParsedPattern {
  const first = cursor.position;
  const identifier = cursor.expectKind('a pattern', 'pattern').text;
  cursor.expectText('=');
  const { kind, text } = cursor.expectKind('a text, hex pattern or regular expression', 'string', 'hex', 'regexp');
  const modifiers: string[] = [];
  for (let next = cursor.peek(); next?.kind === 'identifier' && modifierNames.has(next.text); next = cursor.peek()) {
    modifiers.push(parseModifier(cursor));
  }
  if (kind !== 'string' && kind !== 'hex' && kind !== 'regexp') throw new UnexpectedToken('a pattern', cursor.peek());
  return { identifier, kind: kinds[kind], value: text, modifiers: modifiers.sort(), ...cursor.spanFrom(first) };
}

function parseModifier(cursor: TokenCursor): string {
  const name = cursor.expectKind('a modifier', 'identifier').text;
  if (name === 'xor') return `xor(${parseXorRange(cursor)})`;
  if (name.startsWith('base64') && cursor.takeText('(')) {
    const literal = cursor.expectKind('an alphabet in quotes', 'string').text;
    cursor.expectText(')');
    return `${name}(${stringBytes(literal)?.toString('hex') ?? literal})`;
  }
  return name;
}

/** All keys if none are given, as in the engine. */
function parseXorRange(cursor: TokenCursor): string {
  if (!cursor.takeText('(')) return '0-255';
  const lowest = integerValue(cursor.expectKind('a number', 'integer').text);
  const highest = cursor.takeText('-') ? integerValue(cursor.expectKind('a number', 'integer').text) : lowest;
  cursor.expectText(')');
  return `${lowest}-${highest}`;
}
