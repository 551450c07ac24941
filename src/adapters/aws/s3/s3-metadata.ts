/**
 * Encodes user metadata for S3, which is sent in HTTP headers: US-ASCII, names in lower case,
 * without spaces at the ends. Other characters are written as the `%NN` of their UTF-8 bytes, as in
 * URLs. In addition, a lone surrogate is `%uNNNN` and the empty text a single `%`, so that every
 * text can be restored.
 */

const plainValue = /[^!-$&-~]/gu;
/** Includes a leading `_`: the name `__proto__` is unsafe in an object. */
const plainName = /^_|[^a-z0-9._-]/gu;

/** Returns the metadata to send to S3. Names are returned in lower case. */
export function encodeMetadata(metadata: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(metadata).map(([name, value]) => [encode(name.toLowerCase(), plainName), encode(value, plainValue)]),
  );
}

/**
 * Returns the input of `encodeMetadata`. Values by other writers that are not well-formed are
 * returned unchanged.
 */
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
