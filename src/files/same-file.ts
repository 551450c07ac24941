import { type BigIntStats, constants } from 'node:fs';
import { type FileHandle, lstat, open } from 'node:fs/promises';
import { descriptors } from './real-path-of.ts';

const slash = 0x2f;
/**
 * `O_PATH` of Linux (open(2)), which Node.js does not name: a descriptor that only identifies a
 * path, and needs no read permission.
 */
const pathOnly = 0x200000;

/**
 * Returns whether `location` leads to the open file without a symbolic link on the way. Each name
 * is looked up below the previously opened folder, so a folder swapped meanwhile has no effect.
 * Only for Linux with `/proc`.
 */
export async function leadsToByDescriptors(location: Buffer, handle: FileHandle): Promise<boolean> {
  let place = await open('/', pathOnly);
  try {
    for (const name of namesOf(location)) {
      const below = Buffer.concat([Buffer.from(`${descriptors}/${place.fd}/`), name]);
      // For a link, this opens the link itself, below which there is nothing.
      const next = await open(below, pathOnly | constants.O_NOFOLLOW);
      await place.close();
      place = next;
    }
    return isSame(await place.stat({ bigint: true }), await handle.stat({ bigint: true }));
  } catch {
    return false;
  } finally {
    await place.close();
  }
}

/**
 * Like `leadsToByDescriptors`, for every system: each folder on the way is examined by its path. It
 * does not notice an attacker who swaps a folder there and back within these few calls.
 */
export async function leadsToByNames(location: Buffer, opened: BigIntStats): Promise<boolean> {
  try {
    for (const folder of foldersAbove(location)) {
      if ((await lstat(folder)).isSymbolicLink()) return false;
    }
    return isSame(await lstat(location, { bigint: true }), opened);
  } catch {
    return false;
  }
}

function isSame(a: BigIntStats, b: BigIntStats): boolean {
  return a.dev === b.dev && a.ino === b.ino;
}

function namesOf(location: Buffer): readonly Buffer[] {
  const names: Buffer[] = [];
  for (let start = 0; start < location.length; ) {
    const end = location.indexOf(slash, start);
    const stop = end === -1 ? location.length : end;
    if (stop > start) names.push(location.subarray(start, stop));
    start = stop + 1;
  }
  return names;
}

/** Returns the folders on the way, below the root of the file system. */
function foldersAbove(location: Buffer): readonly Buffer[] {
  const folders: Buffer[] = [];
  for (let at = location.indexOf(slash, 1); at !== -1; at = location.indexOf(slash, at + 1)) {
    folders.push(location.subarray(0, at));
  }
  return folders;
}
