import type { Output } from '../bytes/output.ts';

const other = 255;

function tableOf(alphabet: string): Uint8Array {
  const table = new Uint8Array(256).fill(other);
  for (let value = 0; value < alphabet.length; value += 1) table[alphabet.charCodeAt(value)] = value;
  return table;
}

const base64 = tableOf('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/');
// The alphabet of URLs, too.
base64[0x2d] = 62;
base64[0x5f] = 63;

/** Without the alphabet of URLs. */
const base64OfMail = base64.slice();
base64OfMail[0x2d] = other;
base64OfMail[0x5f] = other;

export function isBase64(byte: number): boolean {
  return base64[byte] !== other;
}

/**
 * Decodes base64. Other characters are skipped, and padding does not end it.
 * @param alphabet `mail` skips what only the alphabet of URLs has
 */
export function decodeBase64(bytes: Uint8Array, output: Output, alphabet: 'mail' | 'any' = 'any'): void {
  const table = alphabet === 'mail' ? base64OfMail : base64;
  let held = 0;
  let bits = 0;
  for (const byte of bytes) {
    const value = table[byte] ?? other;
    if (value === other) {
      // What comes after padding starts again.
      if (byte === 0x3d) bits = 0;
      continue;
    }
    held = ((held << 6) | value) & 0xffff;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      output.push((held >> bits) & 0xff);
    }
  }
}

function hexDigit(byte: number | undefined): number {
  if (byte === undefined) return -1;
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const letter = byte | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1;
}

/** Decodes quoted-printable (RFC 2045, 6.7). */
export function decodeQuotedPrintable(bytes: Uint8Array, output: Output): void {
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at] ?? 0;
    if (byte !== 0x3d) {
      output.push(byte);
      continue;
    }
    const high = hexDigit(bytes[at + 1]);
    const low = hexDigit(bytes[at + 2]);
    if (high >= 0 && low >= 0) {
      output.push(high * 16 + low);
      at += 2;
    } else if (bytes[at + 1] === 10) at += 1;
    else if (bytes[at + 1] === 13 && bytes[at + 2] === 10) at += 2;
    else output.push(byte);
  }
}

/** Decodes lines of uuencode, up to `end`. */
export function decodeUuencode(bytes: Uint8Array, output: Output): void {
  for (let at = 0; at < bytes.length; ) {
    const newline = bytes.indexOf(10, at);
    const end = newline === -1 ? bytes.length : newline;
    const length = ((bytes[at] ?? 0x20) - 0x20) & 63;
    if (length === 0 || (bytes[at] ?? 0) > 0x60) return;
    let left = length;
    for (let from = at + 1; from < end && left > 0; from += 4) {
      const [a = 0, b = 0, c = 0, d = 0] = [0, 1, 2, 3].map((index) => ((bytes[from + index] ?? 0x20) - 0x20) & 63);
      const three = [(a << 2) | (b >> 4), (b << 4) | (c >> 2), (c << 6) | d];
      for (const byte of three.slice(0, left)) output.push(byte & 0xff);
      left -= 3;
    }
    at = end + 1;
  }
}
