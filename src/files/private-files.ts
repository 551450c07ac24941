import {
  chmodSync,
  closeSync,
  constants,
  existsSync,
  fchmodSync,
  fstatSync,
  ftruncateSync,
  lstatSync,
  mkdirSync,
  openSync,
  readSync,
  type Stats,
  writeFileSync,
} from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { RearviewError } from '../domain/errors.ts';
import { kindName } from './not-regular.ts';
import { codeOf } from './system-error.ts';

/** Permissions for the owner only. */
export const privateFolderMode = 0o700;
export const privateFileMode = 0o600;

const ofOthers = 0o077;
const writeOfOthers = 0o022;
/**
 * Opens the name itself, never the target of a link, and does not wait for the other end of a FIFO.
 */
const asItIs = constants.O_NOFOLLOW | constants.O_NONBLOCK;

/** Windows has no such permissions: a folder there is as private as the folder above it. */
const hasModes = process.platform !== 'win32';

/** Returns whether users other than the owner have any permission. */
export function isOpenToOthers({ mode }: Pick<Stats, 'mode'>): boolean {
  return hasModes && (mode & ofOthers) !== 0;
}

/** Returns whether it belongs to a user other than the one running this process. */
export function isForeign({ uid }: Pick<Stats, 'uid'>): boolean {
  return hasModes && process.geteuid?.() !== uid;
}

/**
 * Creates a folder that only its owner may access, whatever the umask. An existing one is closed to
 * others. Missing folders above it are created as usual.
 * @throws RearviewError `ERR_CONFIG` if the name is a link, is not a folder, or belongs to another
 *   user
 */
export function makePrivateFolder(path: string): void {
  makeFolders(dirname(path));
  try {
    mkdirSync(path, { mode: privateFolderMode });
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
    requirePrivateFolder(path);
  }
  withFolder(path, (descriptor, stats) => {
    if (isOpenToOthers(stats)) fchmodSync(descriptor, privateFolderMode);
  });
}

/**
 * Creates a folder and the missing ones above it; an existing one stays. Node's own way never ends
 * where a folder cannot be made, such as below `/proc`.
 * @param mode permissions of the new folders. Default: those of the umask
 * @throws the system error
 */
export function makeFolders(path: string, mode?: number): void {
  try {
    mkdirSync(path, { mode });
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return;
    const above = dirname(path);
    // A folder that exists has no missing folder above it.
    if (codeOf(error) !== 'ENOENT' || above === path || existsSync(above)) throw error;
    makeFolders(above, mode);
    makeFolders(path, mode);
  }
}

/**
 * Checks a folder by its name.
 * @throws RearviewError as `makePrivateFolder`; the system error if it does not exist
 */
export function requirePrivateFolder(path: string): void {
  requireFolder(path, lstatSync(path));
}

/**
 * Closes a folder to others. They lose write access first, then `closeContents` runs, and all other
 * access goes last. Therefore the next run finds whatever a crash left open.
 * @throws RearviewError as `makePrivateFolder`
 */
export function closeFolder(path: string, closeContents: () => void): void {
  const named = lstatSync(path, { throwIfNoEntry: false });
  if (named === undefined) return;
  requireFolder(path, named);
  withFolder(path, (descriptor, stats) => {
    if (!isOpenToOthers(stats)) return;
    fchmodSync(descriptor, stats.mode & 0o777 & ~writeOfOthers);
    closeContents();
    fchmodSync(descriptor, privateFolderMode);
  });
}

/**
 * Creates an empty file that only its owner may read, for libraries that open files only by name.
 * An existing one keeps its content and is closed to others.
 * @throws RearviewError as `requirePrivateFile`
 */
export function makePrivateFile(path: string): void {
  try {
    closeSync(openSync(path, 'wx', privateFileMode));
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
    requirePrivateFile(path);
  }
}

/**
 * Checks a file by its name, and closes it to others; a missing file passes. The file is not
 * opened, because the locks of SQLite end when any descriptor of their file is closed.
 * @throws RearviewError `ERR_CONFIG` if it is not a regular file, belongs to another user, or has a
 *   second name
 */
export function requirePrivateFile(path: string): void {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (stats === undefined) return;
  requireFile(path, stats);
  if (isOpenToOthers(stats)) chmodSync(path, privateFileMode);
}

/**
 * Closes a file to others if it is a regular file of this user without a second name. Anything else
 * is left unchanged.
 */
export function closeFile(path: string): void {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (stats === undefined || problemOf(stats) !== null) return;
  if (isOpenToOthers(stats)) chmodSync(path, privateFileMode);
}

/**
 * Opens a file, or creates one that only its owner may read. Links are not followed.
 * @param flags of `open`; `O_TRUNC` would erase the content of a file that is refused
 * @throws RearviewError as `requirePrivateFile`
 */
export async function openPrivateFile(path: string, flags: number): Promise<FileHandle> {
  requirePrivateFile(path);
  const handle = await open(path, flags | asItIs, privateFileMode);
  try {
    requireFile(path, await handle.stat());
    return handle;
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/**
 * Replaces the content of a file that only its owner may read.
 * @throws RearviewError as `requirePrivateFile`
 */
export function writePrivateFile(path: string, content: string): void {
  withPrivateFile(path, constants.O_WRONLY | constants.O_CREAT, (descriptor) => {
    ftruncateSync(descriptor);
    writeFileSync(descriptor, content);
  });
}

/**
 * Reads the first `maxBytes` bytes of a file that only its owner may write.
 * @throws RearviewError as `requirePrivateFile`; the system error if it does not exist
 */
export function readPrivateFile(path: string, maxBytes: number): Buffer {
  return withPrivateFile(path, constants.O_RDONLY, (descriptor) => {
    const bytes = Buffer.alloc(maxBytes);
    return bytes.subarray(0, readSync(descriptor, bytes));
  });
}

function withPrivateFile<T>(path: string, flags: number, use: (descriptor: number) => T): T {
  requirePrivateFile(path);
  const descriptor = openSync(path, flags | asItIs, privateFileMode);
  try {
    requireFile(path, fstatSync(descriptor));
    return use(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function withFolder(path: string, use: (descriptor: number, stats: Stats) => void): void {
  // Windows cannot open folders, and has nothing to close there.
  if (!hasModes) return;
  const descriptor = openSync(path, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW);
  try {
    const stats = fstatSync(descriptor);
    requireFolder(path, stats);
    use(descriptor, stats);
  } finally {
    closeSync(descriptor);
  }
}

function requireFolder(path: string, stats: Stats): void {
  if (stats.isSymbolicLink()) throw notOurs(path, 'it is a symbolic link');
  if (!stats.isDirectory()) throw notOurs(path, 'it is not a folder');
  if (isForeign(stats)) throw notOurs(path, `it belongs to the user ${stats.uid}`);
}

function requireFile(path: string, stats: Stats): void {
  const problem = problemOf(stats);
  if (problem !== null) throw notOurs(path, problem);
}

function problemOf(stats: Stats): string | null {
  if (stats.isSymbolicLink()) return 'it is a symbolic link';
  if (!stats.isFile()) return `it is ${kindName(stats)}, not a regular file`;
  if (isForeign(stats)) return `it belongs to the user ${stats.uid}`;
  return stats.nlink > 1 ? 'it has a second name (a hard link)' : null;
}

function notOurs(path: string, why: string): RearviewError {
  return new RearviewError(
    'ERR_CONFIG',
    `Cannot use ${path}: ${why}. Nothing was written. Check who created it, then move it away.`,
  );
}
