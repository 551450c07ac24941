import pMap from 'p-map';
import { messageOf } from '../../domain/errors.ts';
import type { ScanLimits } from '../../domain/inside/scan-limits.ts';
import { type ObjectInfo, objectId } from '../../domain/objects/object.ts';
import { bytesToScan } from '../../domain/objects/size-limit.ts';
import type { ScanPool } from '../../engine/types.ts';
import type { IndexedObject } from '../../index/indexed-object.ts';
import { objectsOf } from '../../index/segment-objects.ts';
import type { ObjectReader } from '../../ports/object-store.ts';
import type { ScanStore } from '../../ports/scan-store.ts';
import type { SegmentStore } from '../../ports/segment-store.ts';
import { readContent } from '../analysis/analyze-object.ts';
import { type ByteBudget, createReservation } from '../analysis/byte-budget.ts';
import { readAndScan } from '../analysis/read-and-scan.ts';
import { listCorpus } from '../scans/list-corpus.ts';
import { openSegments, segmentsWith } from './corpus-index.ts';
import { indexSettings } from './index-settings.ts';
import { createIndexWriter } from './index-writer.ts';
import { contentsOf } from './indexed-contents.ts';
import { defaultSegmentBytes, joinSegments } from './join-segments.ts';
import { removeRetired } from './remove-retired.ts';

export interface BuildIndexOptions {
  readonly readers: ReadonlyMap<string, ObjectReader>;
  readonly buckets: readonly string[];
  readonly limits: ScanLimits;
  readonly pool: ScanPool;
  readonly budget: ByteBudget;
  readonly segments: SegmentStore;
  readonly scans: Pick<ScanStore, 'hasExclusionsBy'>;
  /** Forgets what was indexed before. Default: only what is missing is indexed. */
  readonly fromScratch?: boolean;
  /** Bytes of filters after which a segment is written. Default: 64 MiB. */
  readonly segmentBytes?: number;
  /** Called after each page of the listing. */
  readonly progress?: (counts: IndexCounts) => Promise<void>;
  /** Ends the build after the objects under way; what was indexed is kept. */
  readonly signal?: AbortSignal;
}

export interface IndexCounts {
  readonly objects: number;
  readonly indexed: number;
  /** Indexed before. */
  readonly known: number;
  /** Too large, unreadable, or not opened to the end: scans always read these. */
  readonly notIndexed: number;
  readonly bytes: number;
  readonly indexBytes: number;
}

const pageSize = 1000;
/** Matches nothing. The contents are only read. */
const nothing = { id: 'index', sources: [{ namespace: 'index', source: 'rule nothing { condition: false }' }] };

/**
 * Indexes the objects of a corpus that are not indexed yet, and joins small segments. Several
 * processes may do so at once; then some objects are indexed twice, until their segments are joined.
 */
export async function buildIndex(options: BuildIndexOptions): Promise<IndexCounts> {
  const { limits, segments, signal, segmentBytes = defaultSegmentBytes } = options;
  const settings = indexSettings(limits);
  const before = options.fromScratch === true ? await segments.list() : [];
  const known = options.fromScratch === true ? new Set<string>() : await knownObjects(segments, settings);
  const counts = { objects: 0, indexed: 0, known: 0, notIndexed: 0, bytes: 0, indexBytes: 0 };
  const written = new Set<string>();
  const present = new Set<string>();
  const writer = createIndexWriter({
    ...{ segments, limits },
    onWritten({ name, size }) {
      written.add(name);
      counts.indexBytes += size;
    },
    onProblem(message, error) {
      throw new Error(message, { cause: error });
    },
  });

  for await (const objects of pagesOfCorpus(options)) {
    const missing = objects.filter((object) => !known.has(objectId(object)));
    counts.objects += objects.length;
    for (const object of objects) present.add(objectId(object));
    counts.known += objects.length - missing.length;
    await pMap(
      missing,
      async (object) => {
        if (signal?.aborted === true) return;
        const indexed = await indexObject(options, object);
        if (indexed === null) {
          counts.notIndexed += 1;
          return;
        }
        counts.indexed += 1;
        counts.bytes += indexed.size;
        writer.add(indexed);
      },
      { concurrency: options.pool.workers + 2 },
    );
    if (writer.waitingBytes >= segmentBytes) await writer.flush();
    await options.progress?.(counts);
    if (signal?.aborted === true) break;
  }
  await writer.flush();
  if (signal?.aborted === true) return counts;
  for (const each of before) if (!written.has(each.name)) await segments.retire(each);
  await joinSegments({ segments, settings, segmentBytes, isPresent: (ref) => present.has(objectId(ref)) });
  await removeRetired({ segments, scans: options.scans, now: Date.now() });
  return counts;
}

/** The objects of a corpus, a page at a time. */
export async function* pagesOfCorpus({
  readers,
  buckets,
}: Pick<BuildIndexOptions, 'readers' | 'buckets'>): AsyncGenerator<readonly ObjectInfo[]> {
  let cursor = null;
  do {
    const page = await listCorpus(readers, { buckets, filter: {}, cursor, limit: pageSize });
    yield page.objects;
    cursor = page.next;
  } while (cursor !== null);
}

/** Reads which objects are indexed. Those of segments that cannot be read are indexed again. */
async function knownObjects(store: SegmentStore, settings: string): Promise<ReadonlySet<string>> {
  const known = new Set<string>();
  for await (const opened of openSegments(store, await segmentsWith(store, settings))) {
    // First: the same objects may make a segment of the same name.
    if (opened.reader === null) await store.retire(opened.segment);
    else for (const object of objectsOf(opened.objects)) known.add(objectId(object));
  }
  return known;
}

/** Null for an object that no scan may exclude. */
async function indexObject(options: BuildIndexOptions, object: ObjectInfo): Promise<IndexedObject | null> {
  const { readers, limits, pool } = options;
  const reader = readers.get(object.bucket);
  if (reader === undefined || bytesToScan(object.size, limits) === null) return null;
  const room = createReservation(options.budget);
  try {
    const read = () => readContent(limits, reader, room, { object, lastAttempt: true });
    const scanned = await readAndScan(pool, nothing, read, { unpack: limits.unpack, index: true });
    if ('status' in scanned) return null;
    const { bucket, key, version, size } = scanned.content;
    const contents = contentsOf(scanned.report);
    return contents === null ? null : { bucket, key, version, size, contents };
  } catch (error) {
    throw new Error(`Cannot index ${object.bucket}/${object.key}: ${messageOf(error)}`, { cause: error });
  } finally {
    room.release();
  }
}
