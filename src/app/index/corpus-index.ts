import { messageOf } from '../../domain/errors.ts';
import { type ObjectRef, objectId } from '../../domain/objects/object.ts';
import { querySegment } from '../../index/query-segment.ts';
import { openSegment, type SegmentReader } from '../../index/segment-reader.ts';
import type { SegmentStore } from '../../ports/segment-store.ts';
import type { Requirement } from '../../rules/requirement/requirement.ts';
import type { ListedSegment } from './index-manifest.ts';

/** A segment, or why nothing is known from it. */
export type OpenedSegment =
  | { readonly listed: ListedSegment; readonly reader: SegmentReader }
  | { readonly listed: ListedSegment; readonly reader: null; readonly problem: string };

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

const none: readonly number[] = [];

/** Opens the segments that were made with these settings. */
export async function* openSegments(
  store: SegmentStore,
  segments: readonly ListedSegment[],
  settings: string,
): AsyncGenerator<OpenedSegment> {
  for (const listed of segments) {
    if (listed.settings !== settings) continue;
    try {
      const reader = await openSegment(listed, (start, length) => store.read(listed.name, start, length));
      yield { listed, reader };
    } catch (error) {
      yield { listed, reader: null, problem: problemOf(listed, error) };
    }
  }
}

/** Looks up requirements in the whole index. */
export async function queryIndex(
  store: SegmentStore,
  segments: readonly ListedSegment[],
  settings: string,
  requirements: readonly Requirement[],
): Promise<IndexAnswer> {
  const candidates = new Map<string, readonly number[]>();
  const problems: string[] = [];
  let bytesRead = 0;
  for await (const opened of openSegments(store, segments, settings)) {
    if (opened.reader === null) {
      problems.push(opened.problem);
      continue;
    }
    const { listed, reader } = opened;
    try {
      const found = await querySegment(reader, requirements);
      for (const [index, object] of reader.objects.entries()) {
        const positions = found.flatMap((objects, position) => (objects[index] === 1 ? [position] : []));
        const id = objectId(object);
        const before = candidates.get(id) ?? none;
        // Indexed twice: each says what it may have, and the same content has the same.
        candidates.set(id, positions.length === 0 ? before : [...new Set([...before, ...positions])]);
      }
    } catch (error) {
      problems.push(problemOf(listed, error));
    }
    bytesRead += reader.bytesRead;
  }
  return { candidateFor: (ref) => candidates.get(objectId(ref)), indexed: candidates.size, bytesRead, problems };
}

function problemOf({ name, objects }: ListedSegment, error: unknown): string {
  return `The segment ${name.slice(0, 12)} of the index cannot be used, and its ${objects} objects count as not indexed: ${messageOf(error)}`;
}
