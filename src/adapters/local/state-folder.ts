import {
  closeSync,
  constants,
  fchmodSync,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  type Stats,
  statSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { messageOf, RearviewError } from '../../domain/errors.ts';
import { foreignAbove } from '../../files/foreign-above.ts';
import {
  closeFile,
  closeFolder,
  isForeign,
  isOpenToOthers,
  makeFolders,
  privateFolderMode,
  requirePrivateFile,
} from '../../files/private-files.ts';
import { codeOf } from '../../files/system-error.ts';

/**
 * Files directly in the state folder that the program writes, with those that SQLite puts next to
 * them.
 */
const ownFiles = /^(?:alerts\.jsonl|(?:state\.db|pipeline\.lock)(?:-wal|-shm|-journal)?|pipeline\.lock\.pid)$/;
/** Folders with contents by their hashes. */
const contentFolders = ['corpus', 'rulesets'];

/**
 * Creates a state folder that only its owner can access: it has copies of evidence, which may be
 * protected at their source. A folder of another user is refused. An existing one with wider
 * permissions is closed first, and then the files that the program wrote there. The files in its
 * inbox belong to the user who put them there.
 * @throws RearviewError `ERR_CONFIG` if it belongs to another user, or if a link, a file of another
 *   kind or one of another user is in the place of a program file
 */
export function makeStateFolder(dir: string): void {
  requireOwnStateFolder(dir);
  makeFolders(dirname(dir));
  try {
    mkdirSync(dir, { mode: privateFolderMode });
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
  }
  close(dir);
  for (const name of readdirSync(dir)) {
    if (ownFiles.test(name)) requirePrivateFile(join(dir, name));
    else if (contentFolders.includes(name)) closeContents(join(dir, name));
  }
}

/**
 * Refuses a state folder that belongs to another user, or that another user could replace; a
 * missing one passes. Nothing is changed.
 * @throws RearviewError `ERR_CONFIG` with the owner and advice
 */
export function requireOwnStateFolder(dir: string): void {
  const named = look(dir, lstatSync);
  if (named !== undefined) requireOwn(dir, named);
  // The second is for a folder that is a link: what leads to the link.
  const above = process.geteuid?.() === 0 ? (foreignAbove(dir) ?? foreignAbove(dirname(dir))) : null;
  if (above === null) return;
  throw refused(
    dir,
    `it is below ${above.path}, which belongs to the user ${above.uid}, who could replace it`,
    above.uid,
  );
}

function requireOwn(dir: string, named: Stats): void {
  if (named.isSymbolicLink() && isForeign(named) && named.uid !== 0) {
    throw refused(dir, `it is a symbolic link of the user ${named.uid}`, named.uid);
  }
  const stats = look(dir, statSync);
  if (stats === undefined) {
    throw new RearviewError('ERR_CONFIG', `Cannot use the state folder ${dir}: it is a dangling link. Remove it.`);
  }
  if (!stats.isDirectory()) {
    throw new RearviewError(
      'ERR_CONFIG',
      `Cannot use the state folder ${dir}: it is not a folder. Choose another with --state.`,
    );
  }
  if (isForeign(stats)) throw refused(dir, `it belongs to the user ${stats.uid}`, stats.uid);
}

function look(path: string, stat: typeof lstatSync): Stats | undefined {
  try {
    return stat(path, { throwIfNoEntry: false });
  } catch (cause) {
    throw new RearviewError(
      'ERR_CONFIG',
      `Cannot use the state folder ${path}: ${messageOf(cause)}. Choose another with --state.`,
      { cause },
    );
  }
}

/** By its descriptor, before anything in it is examined. */
function close(dir: string): void {
  // Windows opens no folders, and has no such permissions.
  if (process.platform === 'win32') return;
  const descriptor = openSync(dir, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    const stats = fstatSync(descriptor);
    if (isForeign(stats)) throw refused(dir, `it belongs to the user ${stats.uid}`, stats.uid);
    if (isOpenToOthers(stats)) fchmodSync(descriptor, privateFolderMode);
  } finally {
    closeSync(descriptor);
  }
}

/** Once for each folder that is open to others. */
function closeContents(folder: string): void {
  closeFolder(folder, () => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) closeContents(path);
      else closeFile(path);
    }
  });
}

function refused(dir: string, why: string, owner: number): RearviewError {
  const self = process.geteuid?.() ?? -1;
  return new RearviewError(
    'ERR_CONFIG',
    `Cannot use the state folder ${dir}: ${why}, and this process runs as the user ${self}. Run it as that user (sudo -u '#${owner}' …; in a container --user ${owner}), or choose your own folder with --state (in a container, on a separate volume).`,
  );
}
