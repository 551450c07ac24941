/**
 * Encodes user metadata for S3, which is sent in HTTP headers: US-ASCII, names in lower case,
 * without spaces at the ends. Other characters are written as the `%NN` of their UTF-8 bytes, as in
 * URLs. In addition, a lone surrogate is `%uNNNN` and the empty text a single `%`, so that every
 * text can be restored. Long texts may be in base64, as S3 itself returns metadata that are not ASCII:
 * https://www.rfc-editor.org/rfc/rfc2047#section-2
 */

const plainValue = /[^!-$&-~]/gu;
/** Includes a leading `_`: the name `__proto__` is unsafe in an object. */
const plainName = /^_|[^a-z0-9._-]/gu;

const inBase64 = /^=\?utf-8\?b\?([a-z0-9+/]*={0,2})\?=$/i;

/**
 * Returns the metadata to send to S3. Names are returned in lower case.
 * @param options.shortest true writes values in base64 where that is shorter. Earlier versions do not
 *   read it. Default: false
 */
export function encodeMetadata(
  metadata: Readonly<Record<string, string>>,
  { shortest = false }: { readonly shortest?: boolean } = {},
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(metadata).map(([name, value]) => [
      encode(name.toLowerCase(), plainName),
      encodeValue(value, shortest),
    ]),
  );
}

function encodeValue(value: string, shortest: boolean): string {
  // Otherwise it would be read as base64.
  const plain = inBase64.test(value) ? `%3d${value.slice(1)}` : encode(value, plainValue);
  if (!shortest || !value.isWellFormed()) return plain;
  const base64 = `=?UTF-8?B?${Buffer.from(value).toString('base64')}?=`;
  return base64.length < plain.length ? base64 : plain;
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
  const base64 = inBase64.exec(text)?.[1];
  if (base64 !== undefined) return Buffer.from(base64, 'base64').toString();
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
