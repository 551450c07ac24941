import type { Stats } from 'node:fs';
import { lstat, readdir } from 'node:fs/promises';
import { hasCode, messageOf, RearviewError } from '../../domain/errors.ts';
import { type ObjectFilter, type ObjectInfo, passesFilter } from '../../domain/object.ts';
import { decodePath, encodePath } from '../../domain/path-key.ts';
import type { ListingProblem, ObjectPage } from '../../ports/object-store.ts';
import { codeOf, translateFileError } from './file-errors.ts';
import { infoOf } from './file-info.ts';

const slash = Buffer.from('/');
/** Files whose properties are asked for at the same time. */
const statsAtOnce = 64;

interface Walk {
  readonly bucket: string;
  /** Absolute. */
  readonly roots: readonly string[];
  readonly filter: ObjectFilter;
  readonly after: string | null;
  readonly limit: number;
}

/** A walk that stopped at the end of a page. */
interface StoppedWalk {
  readonly after: string;
  readonly prefix: string | undefined;
  readonly chunks: AsyncGenerator<readonly Entry[]>;
  /** Entries that were read and not looked at. */
  readonly rest: readonly Entry[];
  /** On the clock of `performance.now()`. */
  readonly stoppedAt: number;
}

/** How long a stopped walk may be gone on with, in milliseconds: what came into its folders meanwhile, it does not see. */
const stoppedForAtMostMs = 60_000;

/** Lists one page. */
export type ListPaths = (walk: Walk) => Promise<ObjectPage>;

/**
 * Pages of walks in depth-first order, the entries of a folder by their bytes. The place to go on from is the key of the last entry seen, so a
 * walk goes on in a later process, and what came or went meanwhile disturbs nothing else. The latest walk is kept where it stopped, since finding
 * the place anew means reading its folders again, and a folder may hold a million files.
 */
export function createPathLister(): ListPaths {
  let stopped: StoppedWalk | null = null;
  return async (walk) => {
    const known = stopped;
    stopped = null;
    const { prefix } = walk.filter;
    const goesOn =
      known !== null &&
      known.after === walk.after &&
      known.prefix === prefix &&
      performance.now() - known.stoppedAt < stoppedForAtMostMs;
    const chunks = goesOn ? known.chunks : startWalk(walk);
    const page = await readPage(walk, chunks, goesOn ? known.rest : []);
    if (page.next !== null) {
      stopped = { after: page.next, prefix, chunks, rest: page.rest, stoppedAt: performance.now() };
    }
    return { objects: page.objects, problems: page.problems, next: page.next };
  };
}

function startWalk({ roots, filter, after }: Walk): AsyncGenerator<readonly Entry[]> {
  // Up to the first backslash, since a prefix may end in the middle of what stands for one byte.
  const prefix = filter.prefix === undefined ? null : decodePath(filter.prefix.split('\\', 1)[0] ?? '');
  return walkRoots(roots, after === null ? null : decodePath(after), prefix);
}

async function readPage(
  { bucket, filter, limit }: Walk,
  chunks: AsyncGenerator<readonly Entry[]>,
  first: readonly Entry[],
): Promise<ObjectPage & { readonly rest: readonly Entry[] }> {
  const objects: ObjectInfo[] = [];
  const problems: ListingProblem[] = [];
  for (let chunk: readonly Entry[] = first; ; ) {
    const found = await Promise.all(chunk.map((entry) => inspect(bucket, entry)));
    for (const [index, each] of found.entries()) {
      if ('object' in each) {
        if (passesFilter(each.object, filter)) objects.push(each.object);
      } else if ('problem' in each && (filter.prefix === undefined || each.key.startsWith(filter.prefix))) {
        problems.push(each.problem);
      }
      if (objects.length + problems.length >= limit) {
        return { objects, problems, next: each.key, rest: chunk.slice(index + 1) };
      }
    }
    // Not for-await, which would end the walk at the end of the page.
    const step = await chunks.next();
    if (step.done === true) return { objects, problems, next: null, rest: [] };
    chunk = step.value;
  }
}

type Found = { readonly key: string } & (
  | { readonly object: ObjectInfo }
  | { readonly problem: ListingProblem }
  | { readonly gone: true }
);

/** What lies at a path that is no folder to descend into (or a folder that could not be read). */
async function inspect(bucket: string, { path, error }: Entry): Promise<Found> {
  const key = encodePath(path);
  if (error !== undefined) return { key, problem: { key, ...problemOf(error) } };
  try {
    return { key, object: infoOf(bucket, key, await lstat(path, { bigint: true })) };
  } catch (cause) {
    const translated = translateFileError(cause, key);
    if (hasCode(translated, 'ERR_OBJECT_GONE')) return { key, gone: true };
    return { key, problem: { key, ...problemOf(translated) } };
  }
}

function problemOf(error: unknown): Pick<ListingProblem, 'reason' | 'detail'> {
  const detail = messageOf(error);
  if (hasCode(error, 'ERR_OBJECT_UNSUPPORTED')) return { reason: 'not_a_regular_file', detail };
  return { reason: hasCode(error, 'ERR_OBJECT_DENIED') ? 'denied' : 'unreadable', detail };
}

interface Entry {
  readonly path: Buffer;
  /** Why this folder could not be listed. */
  readonly error?: unknown;
}

/** Everything below the roots but folders and symbolic links, in chunks that never cross the end of a folder's run of files. */
async function* walkRoots(
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
    if (entry.isSymbolicLink() || (prefix !== null && !mayHold(path, prefix))) continue;
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
 * A root that went away (a disk that is not mounted, say) must not look like one that is empty: a scan over it would be complete.
 * Null where it cannot be looked at, which `inspect` says more about.
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
  const entries = await readdir(folder, { encoding: 'buffer', withFileTypes: true });
  return entries.sort((a, b) => Buffer.compare(a.name, b.name));
}

/** The order of the walk: part by part, so that a folder's content stands between its neighbours. */
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

/** Whether something whose key begins with `prefix` may lie at or below the path. */
function mayHold(path: Buffer, prefix: Buffer): boolean {
  const length = Math.min(path.length, prefix.length);
  return path.subarray(0, length).equals(prefix.subarray(0, length));
}
