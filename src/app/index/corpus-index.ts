import { pMapIterable } from 'p-map';
import { messageOf } from '../../domain/errors.ts';
import { type ObjectRef, objectId } from '../../domain/objects/object.ts';
import type { Segment } from '../../domain/scans/segment.ts';
import { querySegment } from '../../index/query-segment.ts';
import { openSegment, type SegmentReader } from '../../index/segment-reader.ts';
import type { SegmentStore } from '../../ports/segment-store.ts';
import type { Requirement } from '../../rules/requirement/requirement.ts';

/** A segment, or why nothing is known from it. */
export type OpenedSegment =
  | { readonly segment: Segment; readonly reader: SegmentReader }
  | { readonly segment: Segment; readonly reader: null; readonly problem: string };

/** In S3 each takes a request. */
const openedAtOnce = 8;

export interface IndexAnswer {
  /**
   * The positions of the requirements that an object may have; empty for one that is excluded.
   * Undefined for an object that is not indexed: it may have any.
   */
  candidateFor(ref: ObjectRef): readonly number[] | undefined;
  /** Objects that are indexed. */
  readonly indexed: number;
  /** Bytes read of the index. */
  readonly bytesRead: number;
  /** Segments that cannot be used, with the reason: their objects are not excluded. */
  readonly problems: readonly string[];
}

/** Opens segments, in this order. While one is used, the next are read. */
export function openSegments(store: SegmentStore, segments: readonly Segment[]): AsyncIterable<OpenedSegment> {
  const open = async (segment: Segment): Promise<OpenedSegment> => {
    try {
      const reader = await openSegment(segment, (start, length) => store.read(segment, start, length));
      return { segment, reader };
    } catch (error) {
      return { segment, reader: null, problem: problemOf(segment, error) };
    }
  };
  return pMapIterable(segments, open, { concurrency: openedAtOnce });
}

/** The segments that were made with these settings. */
export async function segmentsWith(store: SegmentStore, settings: string): Promise<readonly Segment[]> {
  return (await store.list()).filter((each) => each.settings === settings);
}

/** What one segment says of an object, and what others say of it. */
interface Place {
  /** For each requirement, a flag for each object of the segment. */
  readonly found: readonly Uint8Array[];
  readonly index: number;
  readonly others: Place | undefined;
}

/** Looks up requirements in the segments that were made with these settings. */
export async function queryIndex(
  store: SegmentStore,
  settings: string,
  requirements: readonly Requirement[],
): Promise<IndexAnswer> {
  const places = new Map<string, Place>();
  const problems: string[] = [];
  let bytesRead = 0;
  for await (const opened of openSegments(store, await segmentsWith(store, settings))) {
    if (opened.reader === null) {
      problems.push(opened.problem);
      continue;
    }
    const { segment, reader } = opened;
    try {
      const found = await querySegment(reader, requirements);
      for (const [index, object] of reader.objects.entries()) {
        const id = objectId(object);
        places.set(id, { found, index, others: places.get(id) });
      }
    } catch (error) {
      problems.push(problemOf(segment, error));
    }
    bytesRead += reader.bytesRead;
  }
  return {
    candidateFor(ref) {
      const place = places.get(objectId(ref));
      if (place === undefined) return undefined;
      return requirements.flatMap((_, position) => (mayHave(place, position) ? [position] : []));
    },
    ...{ indexed: places.size, bytesRead, problems },
  };
}

/** Indexed twice: the same content has the same. What either segment says it may have, it may. */
function mayHave({ found, index, others }: Place, position: number): boolean {
  return found[position]?.[index] !== 0 || (others !== undefined && mayHave(others, position));
}

function problemOf({ name, objects }: Segment, error: unknown): string {
  return `The segment ${name.slice(0, 12)} of the index cannot be used, and its ${objects} objects count as not indexed: ${messageOf(error)}`;
}
