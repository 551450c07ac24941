import type { FileHandle } from 'node:fs/promises';
import { RearviewError } from '../../domain/errors.ts';
import type { ObjectInfo } from '../../domain/object.ts';
import type { ReadOptions } from '../../ports/object-store.ts';

/**
 * Reads the first `size` bytes of a file into a buffer of their own.
 * @throws RearviewError `ERR_OBJECT_CHANGED` where the file is shorter
 */
export async function readExactly(handle: FileHandle, size: number, key: string): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(new ArrayBuffer(size));
  for (let at = 0; at < size; ) {
    const { bytesRead } = await handle.read(bytes, at, size - at, at);
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
