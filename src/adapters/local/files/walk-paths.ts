import { Buffer, isUtf8 } from 'node:buffer';
import type { Dirent } from 'node:fs';
import { lstat, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { messageOf } from '../../../domain/errors.ts';
import { kindName } from '../../../files/not-regular.ts';
import { listWalked } from '../../../files/open-walked.ts';
import { codeOf } from '../../../files/system-error.ts';

/** A file as the user named it, or something in the place of a file. */
export interface WalkedFile {
  /**
   * The path as given, with the names below it joined by `/`. Bytes that are not UTF-8 are replaced by
   * U+FFFD.
   */
  readonly path: string;
  /** The original bytes in lower-case hex, if `path` does not show them. */
  readonly pathBytes?: string;
  /** Location to read it from: absolute, without symbolic links. */
  readonly location: Buffer;
  /** The reason why it cannot be read, if that is already known. */
  readonly problem?: WalkProblem;
}

export interface WalkProblem {
  readonly reason: 'not_a_regular_file' | 'denied' | 'gone' | 'unreadable';
  readonly detail: string;
}

/** A file or folder to walk. */
export interface WalkRoot {
  readonly given: Buffer;
  readonly location: Buffer;
}

/**
 * Looks up a requested path. A symbolic link is followed.
 * @throws the system error if it cannot be looked up
 */
export async function resolveRoot(given: string, cwd: string): Promise<WalkRoot> {
  const location = await realpath(path.resolve(cwd, given), { encoding: 'buffer' });
  return { given: withSlashes(Buffer.from(given)), location: withSlashes(location) };
}

/**
 * Returns a path with `/` between its parts, as everything here joins and compares them. Windows
 * accepts both; elsewhere a backslash is part of a name.
 * @param separator that of the system. Default: of the current system
 */
export function withSlashes(location: Buffer, separator: string = path.sep): Buffer {
  return separator === '\\' ? Buffer.from(location.map((byte) => (byte === backslash ? slashByte : byte))) : location;
}

/** Drops roots that are inside another one, so that no file is listed twice. */
export function dropNested(roots: readonly WalkRoot[]): readonly WalkRoot[] {
  return roots.filter(
    ({ location }, index) =>
      !roots.some((other, otherIndex) =>
        other.location.equals(location) ? otherIndex < index : isBelow(location, other.location),
      ),
  );
}

function isBelow(location: Buffer, folder: Buffer): boolean {
  // `/`, and on Windows `C:/`, already end with one.
  const prefix = folder.at(-1) === slashByte ? folder : Buffer.concat([folder, slash]);
  return location.length > prefix.length && location.subarray(0, prefix.length).equals(prefix);
}

const slash = Buffer.from('/');
const slashByte = 0x2f;
const backslash = 0x5c;

export interface WalkOptions {
  readonly links?: 'ignore' | 'report';
}

const linkProblem: WalkProblem = {
  reason: 'not_a_regular_file',
  detail: 'It is a symbolic link, which is not followed: put the file itself there.',
};

/**
 * Lists every file below the roots, folder by folder, in byte order of their names. Symbolic links
 * inside folders are not followed: their targets are either walked separately, or were not
 * requested. FIFOs, sockets, devices and folders that cannot be read are returned as problems.
 * @param options.links `report` returns symbolic links as problems, too. Default: they are left out
 */
export async function* walkPaths(
  roots: readonly WalkRoot[],
  { links = 'ignore' }: WalkOptions = {},
): AsyncGenerator<WalkedFile> {
  for (const root of roots) {
    const kind = await kindOf(root.location);
    if (kind !== 'folder') {
      yield walked(root.given, root.location, kind === 'file' ? undefined : kind);
      continue;
    }
    yield* walkFolder(root, links);
  }
}

async function* walkFolder(root: WalkRoot, links: WalkOptions['links']): AsyncGenerator<WalkedFile> {
  const folders: WalkRoot[] = [root];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    const entries = await readFolder(folder.location);
    if (!Array.isArray(entries)) {
      yield walked(folder.given, folder.location, entries);
      continue;
    }
    const below: WalkRoot[] = [];
    for (const entry of entries) {
      const place = { given: join(folder.given, entry.name), location: join(folder.location, entry.name) };
      const kind = await kindOfEntry(entry, place.location);
      if (kind === 'folder') below.push(place);
      else if (kind === 'link') {
        if (links === 'report') yield walked(place.given, place.location, linkProblem);
      } else yield walked(place.given, place.location, kind === 'file' ? undefined : kind);
    }
    folders.push(...below.reverse());
  }
}

async function readFolder(location: Buffer): Promise<Dirent<Buffer>[] | WalkProblem> {
  try {
    const entries = await listWalked(location);
    return entries.sort((a, b) => Buffer.compare(a.name, b.name));
  } catch (error) {
    return problemOf(error);
  }
}

async function kindOfEntry(entry: Dirent<Buffer>, location: Buffer): Promise<'file' | 'folder' | 'link' | WalkProblem> {
  if (entry.isFile()) return 'file';
  if (entry.isDirectory()) return 'folder';
  if (entry.isSymbolicLink()) return 'link';
  if (entry.isFIFO() || entry.isSocket() || entry.isBlockDevice() || entry.isCharacterDevice()) {
    return notRegular(entry);
  }
  // Some file systems leave out the kind in the listing.
  try {
    const stats = await lstat(location);
    if (stats.isSymbolicLink()) return 'link';
    return stats.isFile() ? 'file' : stats.isDirectory() ? 'folder' : notRegular(stats);
  } catch (error) {
    return problemOf(error);
  }
}

async function kindOf(location: Buffer): Promise<'file' | 'folder' | WalkProblem> {
  try {
    const stats = await stat(location);
    return stats.isFile() ? 'file' : stats.isDirectory() ? 'folder' : notRegular(stats);
  } catch (error) {
    return problemOf(error);
  }
}

function notRegular(kind: Parameters<typeof kindName>[0]): WalkProblem {
  return { reason: 'not_a_regular_file', detail: `It is ${kindName(kind)}.` };
}

function problemOf(error: unknown): WalkProblem {
  const code = codeOf(error);
  const detail = messageOf(error);
  if (code === 'ENOENT' || code === 'ENOTDIR') return { reason: 'gone', detail };
  if (code === 'EACCES' || code === 'EPERM') return { reason: 'denied', detail };
  return { reason: 'unreadable', detail };
}

function join(folder: Buffer, name: Buffer): Buffer {
  return folder.at(-1) === slashByte ? Buffer.concat([folder, name]) : Buffer.concat([folder, slash, name]);
}

function walked(given: Buffer, location: Buffer, problem: WalkProblem | undefined): WalkedFile {
  return {
    path: given.toString(),
    ...(isUtf8(given) ? {} : { pathBytes: given.toString('hex') }),
    location,
    ...(problem === undefined ? {} : { problem }),
  };
}
