import { RearviewError } from '../../../domain/errors.ts';
import type { ObjectInfo } from '../../../domain/objects/object.ts';
import type { ReadOptions } from '../../../ports/object-store.ts';

/** Maximum bytes of one read: Node.js aborts the process if one is 2^31 bytes or more. */
export const mostAtOnce = 2 ** 30;

/** The used part of a `FileHandle`. */
interface ReadableFile {
  read(bytes: Uint8Array, offset: number, length: number, position: number): Promise<{ readonly bytesRead: number }>;
}

/**
 * Reads the first `size` bytes of a file into a new buffer.
 * @throws RearviewError `ERR_OBJECT_CHANGED` if the file is shorter
 */
export async function readExactly(handle: ReadableFile, size: number, key: string): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(new ArrayBuffer(size));
  for (let at = 0; at < size; ) {
    const { bytesRead } = await handle.read(bytes, at, Math.min(size - at, mostAtOnce), at);
    if (bytesRead === 0) throw objectChanged(key);
    at += bytesRead;
  }
  return bytes;
}

/**
 * Returns how many bytes of an object to read.
 * @throws RearviewError `ERR_OBJECT_TOO_LARGE` if it must be complete and is above the limit
 */
export function bytesToRead(
  { key, size }: Pick<ObjectInfo, 'key' | 'size'>,
  { maxBytes, whole = true }: ReadOptions,
): number {
  if (size > maxBytes && whole) {
    throw new RearviewError('ERR_OBJECT_TOO_LARGE', `${key} has ${size} bytes; the limit is ${maxBytes}.`);
  }
  return Math.min(size, maxBytes);
}

/** Creates the error for a read whose bytes are not those of the requested version. */
export function objectChanged(key: string): RearviewError {
  return new RearviewError('ERR_OBJECT_CHANGED', `${key} changed while it was read.`, { retryable: true });
}
