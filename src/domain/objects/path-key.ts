/**
 * Converts paths to keys. Paths on a POSIX file system are bytes, and keys are text. In a key, each
 * backslash is doubled and each byte that is not part of well-formed UTF-8 is written as `\xNN`
 * (lower case). Therefore every path has its own key and can be restored from it.
 */

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Returns the key of a path. */
export function encodePath(path: Uint8Array): string {
  return wholeText(path) ?? byPieces(path);
}

function wholeText(bytes: Uint8Array): string | null {
  try {
    return decoder.decode(bytes).replaceAll('\\', '\\\\');
  } catch {
    return null;
  }
}

function byPieces(path: Uint8Array): string {
  let key = '';
  for (let at = 0; at < path.length; ) {
    const length = sequenceLength(path[at] ?? 0);
    const text = length === 0 || at + length > path.length ? null : wholeText(path.subarray(at, at + length));
    key += text ?? `\\x${(path[at] ?? 0).toString(16).padStart(2, '0')}`;
    at += text === null ? 1 : length;
  }
  return key;
}

/**
 * Returns the length of the UTF-8 sequence that starts with this byte; 0 if none does (RFC 3629).
 */
function sequenceLength(first: number): number {
  if (first < 0x80) return 1;
  if (first >= 0xc2 && first < 0xe0) return 2;
  if (first >= 0xe0 && first < 0xf0) return 3;
  return first >= 0xf0 && first < 0xf5 ? 4 : 0;
}

/** Returns the path of a key made by `encodePath`. */
export function decodePath(key: string): Buffer<ArrayBuffer> {
  const pieces = key.split(/(\\\\|\\x[0-9a-f]{2})/);
  return Buffer.concat(
    pieces.map((piece, index) => {
      if (index % 2 === 0) return Buffer.from(piece, 'utf8');
      return piece === '\\\\' ? Buffer.from('\\') : Buffer.from(piece.slice(2), 'hex');
    }),
  );
}
