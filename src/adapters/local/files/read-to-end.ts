import type { FileHandle } from 'node:fs/promises';
import { mostAtOnce } from './read-exactly.ts';

const pieceBytes = 64 * 1024;

/** The content read from a file. */
export interface ReadToEnd {
  /** In a separate buffer. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** False if there is more. */
  readonly isWhole: boolean;
}

/**
 * Reads a file to its end, or up to `maxBytes`. The size in the file system is only where it starts
 * to look for the end: files in `/proc` report 0 bytes and have content, those in `/sys` report a
 * page and have less. For an ordinary file, one call shows that it ends at its size.
 * @param options.size bytes that the file system reports, no more than `maxBytes`
 */
export async function readToEnd(
  handle: FileHandle,
  { size, maxBytes }: { readonly size: number; readonly maxBytes: number },
): Promise<ReadToEnd> {
  const expected = new Uint8Array(new ArrayBuffer(size));
  const beyond = new Uint8Array(1);
  for (let at = 0; ; ) {
    const piece = expected.subarray(at, at + mostAtOnce);
    const isLast = at + piece.length === size;
    const { bytesRead } = await handle.readv(isLast ? [piece, beyond] : [piece], at);
    if (bytesRead === 0) return { bytes: at === size ? expected : expected.slice(0, at), isWhole: true };
    at += bytesRead;
    if (at > size) return readOn(handle, [expected, beyond], maxBytes);
    // One byte more was requested and did not arrive.
    if (at === size && isLast) return { bytes: expected, isWhole: true };
  }
}

/** Continues after the content of a file that is longer than it reports. */
async function readOn(handle: FileHandle, read: Uint8Array[], maxBytes: number): Promise<ReadToEnd> {
  let at = read.reduce((sum, each) => sum + each.length, 0);
  while (at <= maxBytes) {
    const piece = new Uint8Array(Math.min(pieceBytes, maxBytes + 1 - at));
    const { bytesRead } = await handle.read(piece, 0, piece.length, at);
    if (bytesRead === 0) return { bytes: joined(read, at), isWhole: true };
    read.push(piece.subarray(0, bytesRead));
    at += bytesRead;
  }
  return { bytes: joined(read, maxBytes), isWhole: false };
}

function joined(pieces: readonly Uint8Array[], length: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(new ArrayBuffer(length));
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece.subarray(0, length - at), at);
    at += Math.min(piece.length, length - at);
  }
  return bytes;
}
