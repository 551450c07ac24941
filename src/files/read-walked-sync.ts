import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { fileVersion } from './file-version.ts';
import { readOnly } from './open-walked.ts';
import { realPathOf } from './real-path-of.ts';
import { codeOf } from './system-error.ts';

/**
 * Reads a small file that a walk found, with the checks of `openWalked`, for a thread that may wait
 * for the disk.
 * @param location absolute and without symbolic links
 * @param version `fileVersion` of the listing
 * @param room for the content: more bytes than the file has
 * @returns the content, in `room`; null if there is the least doubt, or this system cannot tell
 *   where an open file is: another reader finds out why
 */
export function readWalkedSync(
  location: Buffer,
  version: string,
  room: Buffer<ArrayBuffer>,
): Buffer<ArrayBuffer> | null {
  let descriptor: number | undefined;
  try {
    descriptor = openSync(location, readOnly);
    if (realPathOf({ fd: descriptor })?.equals(location) !== true) return null;
    const before = fstatSync(descriptor, { bigint: true });
    if (!before.isFile() || fileVersion(before) !== version) return null;
    const size = readUpTo(descriptor, room);
    const after = fstatSync(descriptor, { bigint: true });
    const isWhole = size < room.length && BigInt(size) === after.size && fileVersion(after) === version;
    return isWhole ? room.subarray(0, size) : null;
  } catch (error) {
    if (codeOf(error) === undefined) throw error;
    return null;
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

/** Returns the number of bytes; that of the room if there may be more. */
function readUpTo(descriptor: number, room: Buffer): number {
  let at = 0;
  while (at < room.length) {
    const bytes = readSync(descriptor, room, at, room.length - at, at);
    at += bytes;
    // A short read is not the end on every file system.
    if (bytes === 0) return at;
  }
  return at;
}
