import { replaceUnsafe } from './unsafe-characters.ts';

/**
 * A value as JSON whose text is harmless on a terminal, where people follow files of JSON lines: no C1 control character starts an escape sequence, and
 * nothing turns text around or hides it. It parses to the same value as the text of `JSON.stringify`.
 * @param indent as in `JSON.stringify`. Default: one line
 */
export function safeJson(value: unknown, indent?: number): string {
  return escapeInvisible(JSON.stringify(value, null, indent));
}

/** A JSON text with the same escapes. In JSON, such characters are in strings only, except for white space between the tokens, which stays. */
export function escapeInvisible(json: string): string {
  return replaceUnsafe(json, (character) => (/[\n\r\t]/.test(character) ? character : escapeUnits(character)));
}

/** Characters beyond 16 bits as their two surrogates. */
export function escapeUnits(text: string): string {
  return text
    .split('')
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('');
}
