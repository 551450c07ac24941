import { renderData } from '../../domain/scans/match.ts';

const simpleEscapes: Readonly<Record<string, number>> = { n: 0x0a, t: 0x09, r: 0x0d, '"': 0x22, '\\': 0x5c };
const units: Readonly<Record<string, bigint>> = { KB: 1024n, MB: 1024n * 1024n };

/**
 * Returns the bytes of a string literal (in one or three quotes); null if it has an escape that the
 * engine refuses.
 */
export function stringBytes(literal: string): Buffer | null {
  const quotes = literal.length >= 6 && literal.startsWith('"""') ? 3 : 1;
  const body = literal.slice(quotes, -quotes);
  if (!body.includes('\\')) return Buffer.from(body);
  // One buffer for all: a text may consist of millions of escapes.
  const bytes = Buffer.allocUnsafe(Buffer.byteLength(body));
  let length = 0;
  let plain = 0;
  for (let at = body.indexOf('\\'); at >= 0; at = body.indexOf('\\', plain)) {
    if (at > plain) length += bytes.write(body.slice(plain, at), length);
    const hex = body[at + 1] === 'x' ? /^[0-9a-fA-F]{2}$/.exec(body.slice(at + 2, at + 4))?.[0] : undefined;
    const byte = hex === undefined ? simpleEscapes[body[at + 1] ?? ''] : Number.parseInt(hex, 16);
    if (byte === undefined) return null;
    bytes[length] = byte;
    length += 1;
    plain = at + (hex === undefined ? 2 : 4);
  }
  length += bytes.write(body.slice(plain), length);
  return bytes.subarray(0, length);
}

/**
 * Returns the text of a string literal: its bytes as UTF-8, or as `renderData` shows them if they
 * are not UTF-8. A literal that the engine refuses is returned as written.
 */
export function stringText(literal: string): string {
  const bytes = stringBytes(literal);
  if (bytes === null) return literal;
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return renderData(bytes);
  }
}

/**
 * Returns the value of an integer literal: decimal with or without `KB` or `MB`, `0x…` or `0o…`.
 */
export function integerValue(literal: string): bigint {
  const unit = units[literal.slice(-2)];
  return unit === undefined ? BigInt(literal) : BigInt(literal.slice(0, -2)) * unit;
}
