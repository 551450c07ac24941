/**
 * Control and format characters, line and paragraph separators, and lone surrogates. A hostile file
 * name must not move the cursor, forge a line, reverse text or hide in it. General categories of
 * Unicode: https://www.unicode.org/reports/tr44/#General_Category_Values
 */
const unsafe = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/**
 * Replaces each character that is unsafe on a terminal with the result of `replace`, called with it
 * and its code point.
 */
export function replaceUnsafe(text: string, replace: (character: string, codePoint: number) => string): string {
  return text.replace(unsafe, (character) => replace(character, character.codePointAt(0) ?? 0));
}

/**
 * Escapes text from outside (names, matched data, meta) for a terminal and for one line: `\n`,
 * `\x1b`, `\u202e`, `\u{e0041}`.
 */
export function safeText(text: string): string {
  return replaceUnsafe(text, (character, codePoint) => {
    if (character === '\n') return '\\n';
    if (character === '\r') return '\\r';
    if (character === '\t') return '\\t';
    const hex = codePoint.toString(16);
    if (codePoint < 0x100) return `\\x${hex.padStart(2, '0')}`;
    return codePoint < 0x10000 ? `\\u${hex.padStart(4, '0')}` : `\\u{${hex}}`;
  });
}
