/** Control and format characters, and separators of lines and paragraphs, as far as JSON does not escape them itself. Lone surrogates it does. */
const invisible = /[\u007f-\u009f\p{Cf}\p{Zl}\p{Zp}]/gu;

/**
 * A value as JSON whose text is harmless on a terminal, where people follow files of JSON lines: no C1 control character starts an escape sequence, and
 * nothing turns text around or hides it. It parses to the same value as the text of `JSON.stringify`.
 * @param indent as in `JSON.stringify`. Default: one line
 */
export function safeJson(value: unknown, indent?: number): string {
  return escapeInvisible(JSON.stringify(value, null, indent));
}

/** A JSON text with the same escapes. In JSON, such characters are in strings only. */
export function escapeInvisible(json: string): string {
  return json.replaceAll(invisible, (character) => character.split('').map(escapeUnit).join(''));
}

function escapeUnit(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
