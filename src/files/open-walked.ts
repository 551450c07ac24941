import type { Dirent } from 'node:fs';
import { constants } from 'node:fs';
import { type FileHandle, lstat, open, readdir } from 'node:fs/promises';
import { RearviewError } from '../domain/errors.ts';
import { encodePath } from '../domain/objects/path-key.ts';
import { descriptors, realPathOf } from './real-path-of.ts';
import { leadsToByDescriptors, leadsToByNames } from './same-file.ts';
import { codeOf } from './system-error.ts';

/** Read-only. A link that took the place of the file is not followed, and the writer of a FIFO is not waited for. */
const readOnly = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/**
 * Opens a file that a walk found. The owner of a tree can replace a file, or a folder above it, by a symbolic link after the walk has seen it and before it is
 * opened, and so have someone else's file read. So what was opened is checked: it has to be at `location`, with no symbolic link on the way.
 * @param location absolute and without symbolic links: the real path of a root, and the names below it
 * @throws RearviewError `ERR_OBJECT_CHANGED` (retryable) where it leads elsewhere now; the system error where it cannot be opened
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
 * The entries of a folder that a walk found, in no particular order; the folder is checked as `openWalked` checks a file.
 * @throws RearviewError as `openWalked`; the system error where it cannot be listed
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
    // By its descriptor: whatever takes its name meanwhile is not listed.
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
      : // On file systems that ignore case, the kernel may have the file under another spelling.
        await leadsToByDescriptors(location, handle);
  if (!isThere) throw swapped(location);
}

/** Where folders cannot be opened, or not be listed by what was opened. */
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
    `${encodePath(location)} was replaced after it was listed: its path leads to another place now. It was not read.`,
    { retryable: true },
  );
}
