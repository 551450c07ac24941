import type { FileHandle } from 'node:fs/promises';
import { RearviewError } from '../../domain/errors.ts';

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

/** The error of a read whose bytes are not those of the version asked for. */
export function objectChanged(key: string): RearviewError {
  return new RearviewError('ERR_OBJECT_CHANGED', `${key} changed while it was read.`, { retryable: true });
}
