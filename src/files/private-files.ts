import { chmodSync, chownSync, closeSync, mkdirSync, openSync, type Stats, statSync } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { codeOf } from './system-error.ts';

/** Permissions for the owner alone. */
export const privateFolderMode = 0o700;
export const privateFileMode = 0o600;

const ofOthers = 0o077;

/** Windows has no such permissions: a folder there is as private as the one it was made in. */
const hasModes = process.platform !== 'win32';

/** Whether users other than the owner have any permission. */
export function isOpenToOthers({ mode }: Pick<Stats, 'mode'>): boolean {
  return hasModes && (mode & ofOthers) !== 0;
}

/** Whether this process may change permissions, and should: those of another user's files are that user's business. */
export function isOwn({ uid }: Pick<Stats, 'uid'>): boolean {
  return hasModes && process.geteuid?.() === uid;
}

/**
 * Makes a folder that only its owner may look into, whatever the umask. One that is there is closed to others where it is ours. Folders above it
 * that are missing are made as usual.
 */
export function makePrivateFolder(path: string): void {
  mkdirSync(dirname(path), { recursive: true });
  try {
    mkdirSync(path, { mode: privateFolderMode });
    giveToOwnerOf(dirname(path), path);
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
    closeToOthers(path, privateFolderMode);
  }
}

/**
 * Makes an empty file that only its owner may read, for what can only open files by their names. One that is there keeps its content, and is closed to others
 * where it is ours.
 */
export function makePrivateFile(path: string): void {
  try {
    closeSync(openSync(path, 'wx', privateFileMode));
    giveToOwnerOf(dirname(path), path);
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
    closeToOthers(path, privateFileMode);
  }
}

/** Takes the permissions of others away where the file is ours. Nothing where it does not exist. */
export function closeToOthers(path: string, mode: number): void {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats !== undefined && isOwn(stats) && isOpenToOthers(stats)) chmodSync(path, mode);
}

/**
 * As `closeToOthers`, for a file that is open, which was made with `privateFileMode` if it was not there. Where the superuser made it, it is given to the owner of its folder.
 */
export async function keepPrivate(handle: FileHandle, path: string): Promise<void> {
  const stats = await handle.stat();
  if (isOwn(stats) && isOpenToOthers(stats)) await handle.chmod(privateFileMode);
  const owner = ownerFor(dirname(path), stats);
  if (owner !== null) await handle.chown(owner.uid, owner.gid);
}

/** What the superuser makes in the folder of a user would be closed to that user. */
export function giveToOwnerOf(folder: string, path: string): void {
  if (!isSuperuser()) return;
  const owner = ownerFor(folder, statSync(path));
  if (owner !== null) chownSync(path, owner.uid, owner.gid);
}

function ownerFor(folder: string, made: Pick<Stats, 'uid'>): Pick<Stats, 'uid' | 'gid'> | null {
  if (!isSuperuser()) return null;
  const owner = statSync(folder);
  return owner.uid === made.uid ? null : owner;
}

function isSuperuser(): boolean {
  return hasModes && process.geteuid?.() === 0;
}
