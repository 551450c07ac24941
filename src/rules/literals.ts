/** The number that a literal means: decimal with `KB` or `MB`, `0x…`, `0o…`, or a float. */
export function readNumber(text: string): number {
  if (text.endsWith('KB')) return Number(text.slice(0, -2)) * 1024;
  if (text.endsWith('MB')) return Number(text.slice(0, -2)) * 1024 * 1024;
  return Number(text);
}

const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', '"': '"', '\\': '\\' };

/**
 * The text that a string literal means, in one or three quotes. `\xNN` are bytes: what they and the text around them make is read as UTF-8, and where
 * that is not well formed each such byte is shown as `\xNN`.
 */
export function readString(literal: string): string {
  const quotes = literal.startsWith('"""') && literal.length >= 6 ? 3 : 1;
  const body = literal.slice(quotes, -quotes);
  const bytes = Buffer.concat(
    body.split(/(\\x[0-9a-fA-F]{2}|\\[\s\S])/).map((piece, index) => {
      if (index % 2 === 0) return Buffer.from(piece);
      if (piece.length === 4) return Buffer.from(piece.slice(2), 'hex');
      return Buffer.from(escapes[piece[1] ?? ''] ?? piece);
    }),
  );
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return showBytes(bytes);
  }
}

function showBytes(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) =>
    byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : `\\x${byte.toString(16).padStart(2, '0')}`,
  ).join('');
}
