import type { Stats } from 'node:fs';
import { lstat } from 'node:fs/promises';
import { hasCode, RearviewError } from '../../../domain/errors.ts';
import { encodePath } from '../../../domain/objects/path-key.ts';
import { listWalked } from '../../../files/open-walked.ts';
import { codeOf } from '../../../files/system-error.ts';
import { translateFileError } from './file-errors.ts';

const slash = Buffer.from('/');
/** Maximum entries of a chunk: files whose properties are read at the same time. */
const statsAtOnce = 64;

/** A file, or something in the place of one. */
export interface Entry {
  readonly path: Buffer;
  /** The reason why this folder could not be listed. */
  readonly error?: unknown;
}

/**
 * Lists everything below the roots except folders, in chunks that never cross the end of a folder's
 * run of files. Symbolic links are listed and not followed.
 */
export async function* walkRoots(
  roots: readonly string[],
  after: Buffer | null,
  prefix: Buffer | null,
): AsyncGenerator<readonly Entry[]> {
  const sorted = roots.map((root) => Buffer.from(root)).sort(compareByParts);
  let previous: Buffer | null = null;
  for (const root of sorted) {
    // A root below another was walked with it.
    if (previous !== null && isBelow(root, previous)) continue;
    previous = root;
    if (after !== null && compareByParts(root, after) < 0 && !isBelow(after, root)) continue;
    if (prefix !== null && !mayHold(root, prefix)) continue;
    const stats = await statRoot(root);
    if (stats === null) yield [{ path: root }];
    else if (stats.isDirectory()) yield* walkFolder(root, after, prefix);
    else if (after === null || compareByParts(root, after) > 0) yield [{ path: root }];
  }
}

async function* walkFolder(
  folder: Buffer,
  after: Buffer | null,
  prefix: Buffer | null,
): AsyncGenerator<readonly Entry[]> {
  let entries: Awaited<ReturnType<typeof readEntries>>;
  try {
    entries = await readEntries(folder);
  } catch (error) {
    const isNew = after === null || compareByParts(folder, after) > 0;
    if (!['ENOENT', 'ENOTDIR'].includes(codeOf(error) ?? '') && isNew)
      yield [{ path: folder, error: translateFileError(error, encodePath(folder)) }];
    return;
  }
  let files: Entry[] = [];
  for (const entry of entries) {
    const path = Buffer.concat(folder.at(-1) === slash[0] ? [folder, entry.name] : [folder, slash, entry.name]);
    if (prefix !== null && !mayHold(path, prefix)) continue;
    if (entry.isDirectory()) {
      if (after !== null && compareByParts(path, after) < 0 && !isBelow(after, path)) continue;
      if (files.length > 0) yield files;
      files = [];
      yield* walkFolder(path, after, prefix);
    } else if (after === null || compareByParts(path, after) > 0) {
      files.push({ path });
      if (files.length < statsAtOnce) continue;
      yield files;
      files = [];
    }
  }
  if (files.length > 0) yield files;
}

/**
 * Checks that a root still exists. A root that disappeared (such as an unmounted disk) must not
 * look like an empty one: a scan over it would be complete. Null if it cannot be examined, which
 * `inspect` reports in more detail.
 */
async function statRoot(root: Buffer): Promise<Stats | null> {
  try {
    return await lstat(root);
  } catch (cause) {
    if (!hasCode(translateFileError(cause, ''), 'ERR_OBJECT_GONE')) return null;
    throw new RearviewError('ERR_CONFIG', `The corpus folder ${encodePath(root)} does not exist any more.`, { cause });
  }
}

async function readEntries(folder: Buffer) {
  const entries = await listWalked(folder);
  return entries.sort((a, b) => Buffer.compare(a.name, b.name));
}

/** The order of the walk: part by part, so that a folder's content is between its neighbours. */
function compareByParts(a: Buffer, b: Buffer): number {
  const length = Math.min(a.length, b.length);
  for (let at = 0; at < length; at += 1) {
    const left = a[at] ?? 0;
    const right = b[at] ?? 0;
    if (left === right) continue;
    // The end of a part comes before any byte.
    return (left === 0x2f ? -1 : left) - (right === 0x2f ? -1 : right);
  }
  return a.length - b.length;
}

function isBelow(path: Buffer, folder: Buffer): boolean {
  if (!path.subarray(0, folder.length).equals(folder)) return false;
  return path.length === folder.length || path[folder.length] === 0x2f || folder.at(-1) === 0x2f;
}

/** Returns whether a key with this `prefix` may be at or below the path. */
function mayHold(path: Buffer, prefix: Buffer): boolean {
  const length = Math.min(path.length, prefix.length);
  return path.subarray(0, length).equals(prefix.subarray(0, length));
}
