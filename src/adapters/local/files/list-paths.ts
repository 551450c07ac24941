import { type BigIntStats, lstatSync } from 'node:fs';
import { lstat } from 'node:fs/promises';
import { hasCode, messageOf } from '../../../domain/errors.ts';
import { isExcluded } from '../../../domain/objects/exclude.ts';
import { type ObjectFilter, type ObjectInfo, passesFilter } from '../../../domain/objects/object.ts';
import { decodePath, encodePath } from '../../../domain/objects/path-key.ts';
import type { ListingProblem, ObjectPage } from '../../../ports/object-store.ts';
import { translateFileError } from './file-errors.ts';
import { infoOf } from './file-info.ts';
import { type Entry, walkRoots } from './walk-roots.ts';

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
  /** The parts of the filter that determine where it goes. */
  readonly filter: string;
  readonly chunks: AsyncGenerator<readonly Entry[]>;
  /** Entries that were read and not examined. */
  readonly rest: readonly Entry[];
  /** By the clock of `performance.now()`. */
  readonly stoppedAt: number;
}

/**
 * How long a stopped walk may be continued, in milliseconds: it does not see later changes of its
 * folders.
 */
const stoppedForAtMostMs = 60_000;

/** Milliseconds. A call that takes longer waited for a disk or a network. */
const slowCallMs = 2;

/** Lists one page. */
export type ListPaths = (walk: Walk) => Promise<ObjectPage>;

/**
 * Lists pages of walks in depth-first order, with the entries of a folder in byte order. The cursor
 * is the key of the last entry, so a later process can continue a walk, and changes in the meantime
 * affect no other file. The latest walk is kept, since finding the position again means reading its
 * folders again, and a folder may hold a million files.
 */
export function createPathLister(): ListPaths {
  let stopped: StoppedWalk | null = null;
  return async (walk) => {
    const known = stopped;
    stopped = null;
    const filter = JSON.stringify([walk.filter.prefix, walk.filter.exclude]);
    const goesOn =
      known !== null &&
      known.after === walk.after &&
      known.filter === filter &&
      performance.now() - known.stoppedAt < stoppedForAtMostMs;
    const chunks = goesOn ? known.chunks : startWalk(walk);
    const page = await readPage(walk, chunks, goesOn ? known.rest : []);
    if (page.next !== null) {
      stopped = { after: page.next, filter, chunks, rest: page.rest, stoppedAt: performance.now() };
    }
    return { objects: page.objects, problems: page.problems, next: page.next };
  };
}

function startWalk({ roots, filter, after }: Walk): AsyncGenerator<readonly Entry[]> {
  // Up to the first backslash, since a prefix may end inside an escaped byte.
  const prefix = filter.prefix === undefined ? null : decodePath(filter.prefix.split('\\', 1)[0] ?? '');
  return walkRoots(roots, after === null ? null : decodePath(after), prefix);
}

async function readPage(
  { bucket, roots, filter, limit }: Walk,
  chunks: AsyncGenerator<readonly Entry[]>,
  first: readonly Entry[],
): Promise<ObjectPage & { readonly rest: readonly Entry[] }> {
  const below = (key: string) => (filter.exclude === undefined ? key : pathBelow(roots, key));
  const objects: ObjectInfo[] = [];
  const problems: ListingProblem[] = [];
  for (let chunk: readonly Entry[] = first; ; ) {
    const found = await inspectAll(bucket, chunk);
    for (const [index, each] of found.entries()) {
      if ('object' in each) {
        if (passesFilter(each.object, filter, below(each.key))) objects.push(each.object);
      } else if (
        'problem' in each &&
        (filter.prefix === undefined || each.key.startsWith(filter.prefix)) &&
        !isExcluded(filter.exclude, below(each.key))
      ) {
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

/** The path of a file below its root; empty for a file that is itself a root. */
function pathBelow(roots: readonly string[], key: string): string {
  const path = decodePath(key).toString();
  const root = roots.find((each) => path === each || path.startsWith(each.endsWith('/') ? each : `${each}/`));
  return root === undefined ? path : path.slice(root.length);
}

type Found = { readonly key: string } & (
  | { readonly object: ObjectInfo }
  | { readonly problem: ListingProblem }
  | { readonly gone: true }
);

/**
 * Describes entries. On a local disk the kernel knows the results, and passing each call to a thread
 * takes ten times as long as the call. So they are made here until one is slow.
 */
async function inspectAll(bucket: string, entries: readonly Entry[]): Promise<readonly Found[]> {
  const found: Found[] = [];
  for (const [index, entry] of entries.entries()) {
    const startedAt = performance.now();
    found.push(inspect(bucket, entry, () => lstatSync(entry.path, { bigint: true })));
    if (performance.now() - startedAt < slowCallMs) continue;
    const others = entries.slice(index + 1).map(async (each) => {
      const stats = await lstat(each.path, { bigint: true }).catch((error: unknown) => ({ error }));
      return inspect(bucket, each, () => {
        if ('error' in stats) throw stats.error;
        return stats;
      });
    });
    return [...found, ...(await Promise.all(others))];
  }
  return found;
}

/** Describes a path that is not a folder to descend into (or a folder that could not be read). */
function inspect(bucket: string, { path, error }: Entry, stats: () => BigIntStats): Found {
  const key = encodePath(path);
  if (error !== undefined) return { key, problem: { key, ...problemOf(error) } };
  try {
    return { key, object: infoOf(bucket, key, stats()) };
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
