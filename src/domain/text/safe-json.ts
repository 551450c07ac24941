import { replaceUnsafe } from './unsafe-characters.ts';

/**
 * Formats a value as JSON that is harmless on a terminal, where users follow files of JSON lines.
 * No C1 control character starts an escape sequence, and no character reverses or hides text. It
 * parses to the same value as the text of `JSON.stringify`.
 * @param indent as in `JSON.stringify`. Default: one line
 */
export function safeJson(value: unknown, indent?: number): string {
  return escapeInvisible(JSON.stringify(value, null, indent));
}

/**
 * Escapes a JSON text in the same way. In JSON, such characters occur only in strings, except for
 * white space between the tokens, which stays.
 */
export function escapeInvisible(json: string): string {
  return replaceUnsafe(json, (character) => (/[\n\r\t]/.test(character) ? character : escapeUnits(character)));
}

/** Writes characters beyond 16 bits as their two surrogates. */
export function escapeUnits(text: string): string {
  return text
    .split('')
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('');
}
