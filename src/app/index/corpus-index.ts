import { pMapIterable } from 'p-map';
import { messageOf } from '../../domain/errors.ts';
import type { ObjectRef } from '../../domain/objects/object.ts';
import { DamagedSegment, type Segment } from '../../domain/scans/segment.ts';
import { createObjectTable } from '../../index/object-table.ts';
import { querySegment } from '../../index/query-segment.ts';
import type { SegmentObjects } from '../../index/segment-objects.ts';
import { openSegment, type SegmentReader } from '../../index/segment-reader.ts';
import type { SegmentStore } from '../../ports/segment-store.ts';
import type { Requirement } from '../../rules/requirement/requirement.ts';

/** A segment, or why nothing is known from it. */
export type OpenedSegment<T = unknown> =
  | ({ readonly segment: Segment; readonly reader: SegmentReader } & T)
  | {
      readonly segment: Segment;
      readonly reader: null;
      readonly problem: string;
      /** Whether it stays so, however often it is read. */
      readonly isDamaged: boolean;
    };

export interface UsableSegment {
  readonly segment: Segment;
  readonly objects: SegmentObjects;
}

/** In S3 each takes one or a few requests, one after the other. */
export const openedAtOnce = 16;

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
  /** The segments that can be used, with their objects. */
  readonly usable: readonly UsableSegment[];
  /** Segments that cannot be used, with the reason: their objects are not excluded. */
  readonly problems: readonly string[];
}

/** Opens segments, in this order, with their objects. While one is used, the next are read. */
export function openSegments(
  store: SegmentStore,
  segments: readonly Segment[],
): AsyncIterable<OpenedSegment<{ readonly objects: SegmentObjects }>> {
  const open = (segment: Segment) =>
    openSegmentOf(store, segment, async (reader) => ({ objects: await reader.objects() }));
  return pMapIterable(segments, open, { concurrency: openedAtOnce });
}

/** Opens a segment, and reads what is needed of it. */
export async function openSegmentOf<T>(
  store: SegmentStore,
  segment: Segment,
  read: (reader: SegmentReader) => Promise<T>,
): Promise<OpenedSegment<T>> {
  try {
    const reader = await openSegment(segment, (...range) => store.read(segment, ...range));
    return { segment, reader, ...(await read(reader)) };
  } catch (error) {
    return { segment, reader: null, problem: problemOf(segment, error), isDamaged: error instanceof DamagedSegment };
  }
}

/** The segments that were made with these settings. */
export async function segmentsWith(store: SegmentStore, settings: string): Promise<readonly Segment[]> {
  return (await store.list()).filter((each) => each.settings === settings);
}

/** Looks up requirements in the segments that were made with these settings, in several at once. */
export async function queryIndex(
  store: SegmentStore,
  settings: string,
  requirements: readonly Requirement[],
): Promise<IndexAnswer> {
  const table = createObjectTable();
  /** For each segment of the table and each requirement, a flag for each object. */
  const answers: (readonly Uint8Array[])[] = [];
  const problems: string[] = [];
  const usable: UsableSegment[] = [];
  let bytesRead = 0;
  const query = (segment: Segment) =>
    openSegmentOf(store, segment, async (reader) => {
      const [objects, found] = await Promise.all([reader.objects(), querySegment(reader, requirements)]);
      return { objects, found };
    });
  for await (const each of pMapIterable(await segmentsWith(store, settings), query, { concurrency: openedAtOnce })) {
    if (each.reader === null) {
      problems.push(each.problem);
      continue;
    }
    usable.push({ segment: each.segment, objects: each.objects });
    table.add(each.objects);
    answers.push(each.found);
    bytesRead += each.reader.bytesRead;
  }
  return {
    candidateFor(ref) {
      const places = table.find(ref);
      if (places.length === 0) return undefined;
      const found: number[] = [];
      for (let position = 0; position < requirements.length; position += 1) {
        // Indexed twice: what either segment has as a candidate, is one.
        for (const { segment, place } of places) {
          if (answers[segment]?.[position]?.[place] === 0) continue;
          found.push(position);
          break;
        }
      }
      return found;
    },
    ...{ indexed: table.size, bytesRead, usable, problems },
  };
}

function problemOf({ name, objects }: Segment, error: unknown): string {
  return `The segment ${name.slice(0, 12)} of the index cannot be used, and its ${objects} objects count as not indexed: ${messageOf(error)}`;
}
