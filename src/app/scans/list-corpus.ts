import { RearviewError } from '../../domain/errors.ts';
import type { ObjectFilter, ObjectInfo } from '../../domain/objects/object.ts';
import type { LedgerEntry } from '../../domain/scans/outcome.ts';
import type { ListingCursor } from '../../domain/scans/scan.ts';
import type { ListingProblem, ObjectReader } from '../../ports/object-store.ts';

export interface CorpusPage {
  readonly objects: readonly ObjectInfo[];
  /** Outcomes of entries that are not objects to scan. */
  readonly problems: readonly LedgerEntry[];
  /** The position to continue from; null at the end of the last bucket. */
  readonly next: ListingCursor | null;
}

/** Lists several buckets one after the other, a page at a time. */
export async function listCorpus(
  readers: ReadonlyMap<string, ObjectReader>,
  options: {
    readonly buckets: readonly string[];
    readonly filter: ObjectFilter;
    readonly cursor: ListingCursor | null;
    readonly limit: number;
  },
): Promise<CorpusPage> {
  const { buckets, filter, limit } = options;
  const [first] = buckets;
  if (first === undefined) return { objects: [], problems: [], next: null };
  const cursor = options.cursor ?? { bucket: first, after: null };
  const reader = readers.get(cursor.bucket);
  if (reader === undefined) {
    throw new RearviewError('ERR_CONFIG', `No bucket "${cursor.bucket}" is configured; it cannot be listed.`);
  }
  const page = await reader.list({ filter, after: cursor.after, limit });
  const nextBucket = buckets[buckets.indexOf(cursor.bucket) + 1];
  const next =
    page.next !== null
      ? { bucket: cursor.bucket, after: page.next }
      : nextBucket === undefined
        ? null
        : { bucket: nextBucket, after: null };
  return { objects: page.objects, problems: page.problems.map((each) => problemEntry(cursor.bucket, each)), next };
}

function problemEntry(bucket: string, { key, reason, detail }: ListingProblem): LedgerEntry {
  const outcome =
    reason === 'not_a_regular_file'
      ? ({ status: 'skipped', reason, detail } as const)
      : ({ status: 'failed', reason, detail } as const);
  return { bucket, key, version: '', size: 0, outcome };
}
