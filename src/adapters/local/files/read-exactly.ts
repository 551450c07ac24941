import { RearviewError } from '../../../domain/errors.ts';
import type { ObjectInfo } from '../../../domain/objects/object.ts';
import type { ReadOptions } from '../../../ports/object-store.ts';

/** Most bytes of one read: Node.js aborts the process where one is of 2^31 bytes or more. */
export const mostAtOnce = 2 ** 30;

/** As much of a `FileHandle` as is needed. */
interface ReadableFile {
  read(bytes: Uint8Array, offset: number, length: number, position: number): Promise<{ readonly bytesRead: number }>;
}

/**
 * Reads the first `size` bytes of a file into a buffer of their own.
 * @throws RearviewError `ERR_OBJECT_CHANGED` where the file is shorter
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
 * How many bytes of an object `read` is to read.
 * @throws RearviewError `ERR_OBJECT_TOO_LARGE` where it has to be whole and is above the limit
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

/** The error of a read whose bytes are not those of the version asked for. */
export function objectChanged(key: string): RearviewError {
  return new RearviewError('ERR_OBJECT_CHANGED', `${key} changed while it was read.`, { retryable: true });
}
