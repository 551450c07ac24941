import { constants } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';
import { RearviewError } from '../domain/errors.ts';
import { notRegular } from './not-regular.ts';

/** Large enough to read most rule files at once. */
const firstPieceBytes = 64 * 1024;
/** Node.js aborts the process if a single read is 2^31 bytes or more. */
const largestPieceBytes = 64 * 1024 ** 2;

/** Maximum size of a file with settings, sections or an event: GitHub's events have up to 25 MB. */
export const maxSettingsBytes = 32 * 1024 ** 2;

export interface ReadFileOptions {
  /** Larger files are refused. */
  readonly maxBytes: number;
  /** Called with the open file before any of it is read; an exception ends the reading. */
  readonly verify?: (handle: FileHandle) => Promise<void>;
}

/**
 * Reads a file named by a user, a setting or a repository, into its own buffer. A symbolic link is
 * followed. Only regular files are read: a FIFO could block, and a device may have no end. A file
 * is read to its end, whatever size the file system reports: files in `/proc` report 0.
 *
 * Messages leave the file name to the caller.
 * @throws RearviewError
 *   `ERR_OBJECT_UNSUPPORTED` if it is not a regular file, `ERR_OBJECT_TOO_LARGE`; the system error
 *   if it cannot be read
 */
export async function readRegularFile(path: string, options: ReadFileOptions): Promise<Uint8Array<ArrayBuffer>> {
  // Checked before opening: opening a device can have side effects.
  const named = await stat(path);
  if (!named.isFile()) throw notRegular(named);
  const handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    await options.verify?.(handle);
    const opened = await handle.stat();
    if (!opened.isFile()) throw notRegular(opened);
    return await readToEnd(handle, opened.size, options.maxBytes);
  } finally {
    await handle.close();
  }
}

/**
 * Like `readRegularFile`, for UTF-8 text, without its byte-order mark.
 * @throws RearviewError as `readRegularFile`
 */
export async function readTextFile(path: string, options: ReadFileOptions): Promise<string> {
  return new TextDecoder().decode(await readRegularFile(path, options));
}

async function readToEnd(handle: FileHandle, size: number, maxBytes: number): Promise<Uint8Array<ArrayBuffer>> {
  if (size > maxBytes) throw tooLarge(maxBytes);
  // One byte more than expected shows that the end was reached.
  let bytes = new Uint8Array(size > 0 ? size + 1 : Math.min(firstPieceBytes, maxBytes + 1));
  for (let at = 0; ; ) {
    if (at > maxBytes) throw tooLarge(maxBytes);
    if (at === bytes.length) bytes = grown(bytes, maxBytes + 1);
    const { bytesRead } = await handle.read(bytes, at, Math.min(bytes.length - at, largestPieceBytes), at);
    if (bytesRead === 0) return bytes.slice(0, at);
    at += bytesRead;
  }
}

function grown(bytes: Uint8Array<ArrayBuffer>, most: number): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(Math.min(2 * bytes.length, most));
  larger.set(bytes);
  return larger;
}

function tooLarge(maxBytes: number): RearviewError {
  return new RearviewError('ERR_OBJECT_TOO_LARGE', `it is larger than ${maxBytes} bytes`);
}
