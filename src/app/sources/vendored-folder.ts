import { createHash } from 'node:crypto';
import { lstat, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { RearviewError } from '../../domain/errors.ts';
import { readWithin } from '../../files/read-within.ts';
import { codeOf } from '../../files/system-error.ts';
import { byCodeUnit, type LockedFile } from '../../rules/sources/lock-file.ts';

/** A file to write; `path` is below the folder of its source, with `/`. */
export interface VendoredFile {
  readonly path: string;
  readonly content: Uint8Array;
}

/** The content of the folder of a source. */
export interface FolderContent {
  /** Sorted by path. */
  readonly files: readonly LockedFile[];
  /** Whatever is neither a regular file nor a folder, such as symbolic links. */
  readonly others: readonly string[];
}

/** The differences between two lists of files, by path. */
export interface FileChanges {
  readonly added: readonly string[];
  readonly changed: readonly string[];
  readonly removed: readonly string[];
}

/** Files on the disk may be replaced by larger ones. */
const maxFileBytes = 64 * 1024 ** 2;

/**
 * Reads the folder of a source: names, sizes and hashes. No symbolic link is followed.
 * @param folder absolute, without symbolic links above it
 * @returns null if there is none
 * @throws RearviewError `ERR_CONFIG` if it is not a folder
 */
export async function readVendored(folder: string): Promise<FolderContent | null> {
  const stats = await lstat(folder).catch(absent);
  if (stats === null) return null;
  if (!stats.isDirectory()) throw new RearviewError('ERR_CONFIG', `${folder} is not a folder: move it away.`);
  const files: LockedFile[] = [];
  const others: string[] = [];
  const read = async (below: string): Promise<void> => {
    for (const entry of await readdir(join(folder, below), { withFileTypes: true })) {
      const path = below === '' ? entry.name : `${below}/${entry.name}`;
      if (entry.isDirectory()) await read(path);
      else if (entry.isFile()) {
        const { bytes } = await readWithin(folder, join(folder, path), { maxBytes: maxFileBytes });
        files.push(lockedFile({ path, content: bytes }));
      } else others.push(path);
    }
  };
  await read('');
  return { files: files.sort((a, b) => byCodeUnit(a.path, b.path)), others: others.sort(byCodeUnit) };
}

/** Returns the entry of the lock for a file. */
export function lockedFile({ path, content }: VendoredFile): LockedFile {
  return { path, size: content.length, sha256: createHash('sha256').update(content).digest('hex') };
}

/** Returns how `now` differs from `before`. */
export function compareFiles(before: readonly LockedFile[], now: readonly LockedFile[]): FileChanges {
  const [old, current] = [before, now].map((files) => new Map(files.map(({ path, sha256 }) => [path, sha256])));
  if (old === undefined || current === undefined) return { added: [], changed: [], removed: [] };
  const paths = [...new Set([...old.keys(), ...current.keys()])].sort(byCodeUnit);
  return {
    added: paths.filter((path) => !old.has(path)),
    changed: paths.filter((path) => old.has(path) && current.has(path) && old.get(path) !== current.get(path)),
    removed: paths.filter((path) => !current.has(path)),
  };
}

/** Returns whether a folder has exactly these files. */
export function holdsExactly(content: FolderContent | null, files: readonly LockedFile[]): boolean {
  if (content === null || content.others.length > 0) return false;
  return Object.values(compareFiles(files, content.files)).every((each) => each.length === 0);
}

/** Writes files to a folder that does not exist yet. Their paths are checked by the caller. */
export async function writeVendored(folder: string, files: readonly VendoredFile[]): Promise<void> {
  await mkdir(folder);
  for (const { path, content } of files) {
    const place = join(folder, path);
    await mkdir(dirname(place), { recursive: true });
    await writeFile(place, content, { flag: 'wx', mode: 0o644 });
  }
}

/** Reads a text file of the rules folder; empty if it does not exist. */
export async function readIfPresent(path: string): Promise<string> {
  const stats = await lstat(path).catch(absent);
  if (stats === null) return '';
  if (!stats.isFile()) throw new RearviewError('ERR_CONFIG', `${path} is not a regular file: move it away.`);
  return readFile(path, 'utf8');
}

export function absent(error: unknown): null {
  if (codeOf(error) === 'ENOENT') return null;
  throw error;
}
