/**
 * User metadata of S3 travels in HTTP headers: US-ASCII, names in lower case, spaces at the ends lost. Whatever is not plain there is written as the
 * `%NN` of its UTF-8 bytes, as in URLs; beyond URLs, a lone surrogate is `%uNNNN` and the empty text a single `%`, so that each text comes back as it was.
 */

const plainValue = /[^!-$&-~]/gu;
/** A leading `_` too: an object cannot be trusted with the name `__proto__`. */
const plainName = /^_|[^a-z0-9._-]/gu;

/** What S3 is to be given. Names come back in lower case. */
export function encodeMetadata(metadata: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(metadata).map(([name, value]) => [encode(name.toLowerCase(), plainName), encode(value, plainValue)]),
  );
}

/** What `encodeMetadata` was given. Values that others wrote and that are not well-formed in it are answered as they stand. */
export function decodeMetadata(metadata: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(metadata).map(([name, value]) => [decode(name), decode(value)]));
}

function encode(text: string, special: RegExp): string {
  if (text === '') return '%';
  return text.replaceAll(special, (character) =>
    character.isWellFormed()
      ? [...Buffer.from(character)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('')
      : `%u${character.charCodeAt(0).toString(16)}`,
  );
}

function decode(text: string): string {
  if (text === '%') return '';
  const pieces = text.split(/%u([0-9a-f]{4})/i);
  try {
    return pieces
      .map((piece, index) =>
        index % 2 === 0 ? decodeURIComponent(piece) : String.fromCharCode(Number.parseInt(piece, 16)),
      )
      .join('');
  } catch {
    return text;
  }
}
