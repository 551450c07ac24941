import type { Dirent } from 'node:fs';
import { constants } from 'node:fs';
import { type FileHandle, lstat, open, readdir } from 'node:fs/promises';
import { RearviewError } from '../domain/errors.ts';
import { encodePath } from '../domain/objects/path-key.ts';
import { descriptors, realPathOf } from './real-path-of.ts';
import { leadsToByDescriptors, leadsToByNames } from './same-file.ts';
import { codeOf } from './system-error.ts';

/**
 * Read-only. Does not follow a link in the place of the file, and does not wait for the writer of a
 * FIFO.
 */
export const readOnly = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/**
 * Opens a file that a walk found. After the walk, the owner of the tree can replace the file or a
 * folder above it with a symbolic link, to have another user's file read. Therefore the opened file
 * is checked: it must be at `location`, with no symbolic link on the way.
 * @param location absolute and without symbolic links: the real path of a root, and the names below
 *   it
 * @throws RearviewError `ERR_OBJECT_CHANGED` (retryable) if it now leads elsewhere; the system
 *   error if it cannot be opened
 */
export async function openWalked(location: Buffer): Promise<FileHandle> {
  const handle = await open(location, readOnly);
  try {
    await requirePlace(handle, location);
    return handle;
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/**
 * Returns the entries of a folder that a walk found, in no particular order. The folder is checked
 * like a file in `openWalked`.
 * @throws RearviewError as `openWalked`; the system error if it cannot be listed
 */
export async function listWalked(location: Buffer): Promise<Dirent<Buffer>[]> {
  if (process.platform !== 'linux') return listByName(location);
  let handle: FileHandle;
  try {
    handle = await open(location, readOnly | constants.O_DIRECTORY);
  } catch (error) {
    if (await isLink(location)) throw swapped(location);
    throw error;
  }
  try {
    await requirePlace(handle, location);
    // Listed by its descriptor, so that a folder that takes its name meanwhile is not.
    const opened = realPathOf(handle) === null ? location : Buffer.from(`${descriptors}/${handle.fd}`);
    return await readdir(opened, { withFileTypes: true, encoding: 'buffer' });
  } finally {
    await handle.close();
  }
}

async function requirePlace(handle: FileHandle, location: Buffer): Promise<void> {
  const real = realPathOf(handle);
  if (real?.equals(location)) return;
  const isThere =
    real === null
      ? await leadsToByNames(location, await handle.stat({ bigint: true }))
      : // On case-insensitive file systems, the kernel may spell the file differently.
        await leadsToByDescriptors(location, handle);
  if (!isThere) throw swapped(location);
}

/** For systems where folders cannot be opened, or cannot be listed by descriptor. */
async function listByName(location: Buffer): Promise<Dirent<Buffer>[]> {
  const before = await lstat(location, { bigint: true });
  const entries = await readdir(location, { withFileTypes: true, encoding: 'buffer' });
  if (before.isSymbolicLink() || !(await leadsToByNames(location, before))) throw swapped(location);
  return entries;
}

async function isLink(location: Buffer): Promise<boolean> {
  const stats = await lstat(location).catch((error: unknown) => {
    if (codeOf(error) === undefined) throw error;
    return null;
  });
  return stats?.isSymbolicLink() ?? false;
}

function swapped(location: Buffer): RearviewError {
  return new RearviewError(
    'ERR_OBJECT_CHANGED',
    `${encodePath(location)} was not read: it was replaced after the listing, and its path now leads elsewhere.`,
    { retryable: true },
  );
}
