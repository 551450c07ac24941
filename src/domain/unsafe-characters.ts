/**
 * Control characters, line separators, marks that turn the direction of text around, and lone surrogates: a hostile file
 * name must not move the cursor, forge a line or hide its extension.
 */
const unsafe = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069\ufeff]|\p{Cs}/gu;

/** Replaces each character that may do harm on a terminal by what `replace` makes of it and its UTF-16 code unit. */
export function replaceUnsafe(text: string, replace: (character: string, code: number) => string): string {
  return text.replace(unsafe, (character) => replace(character, character.charCodeAt(0)));
}
