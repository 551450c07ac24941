/**
 * Control and format characters, separators of lines and paragraphs, and lone surrogates: a hostile file name must not move the cursor, forge a line, turn text
 * around or hide in it. General categories of Unicode, https://www.unicode.org/reports/tr44/#General_Category_Values
 */
const unsafe = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** Replaces each character that may do harm on a terminal by the result of `replace` for it and its code point. */
export function replaceUnsafe(text: string, replace: (character: string, codePoint: number) => string): string {
  return text.replace(unsafe, (character) => replace(character, character.codePointAt(0) ?? 0));
}

/** Text from outside (names, matched data, meta), fit for a terminal and for one line: `\n`, `\x1b`, `\u202e`, `\u{e0041}`. */
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
