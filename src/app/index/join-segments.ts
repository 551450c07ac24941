import { type ObjectRef, objectId } from '../../domain/objects/object.ts';
import { DamagedSegment, type Segment } from '../../domain/scans/segment.ts';
import type { IndexedObject } from '../../index/indexed-object.ts';
import { readObjects } from '../../index/read-objects.ts';
import { objectsOf } from '../../index/segment-objects.ts';
import type { SegmentStore } from '../../ports/segment-store.ts';
import { type OpenedSegment, openSegments, segmentsWith } from './corpus-index.ts';
import { filterBytes, writeSegment } from './write-segment.ts';

/** As many segments of about one size are joined: each filter is copied a few times, however many come. */
export const joinedAtOnce = 8;
/** Bytes of the smallest segments that are told apart by their size. */
const smallestBytes = 64 * 1024;
/** Bytes of filters of a segment, about, where nothing else is said. */
export const defaultSegmentBytes = 64 * 1024 ** 2;
/** Part of the objects of a segment that may be gone, or in another segment. */
const maxUseless = 0.2;

export interface JoinSegmentsOptions {
  readonly segments: SegmentStore;
  /** Segments with other settings stay as they are. */
  readonly settings: string;
  /** Bytes of filters of a joined segment, about. Default: 64 MiB. */
  readonly segmentBytes?: number;
  /** Segments of one size that are joined, at most: the next call joins the others. Default: all. */
  readonly most?: number;
  /** Whether an object is still in the corpus. Default: not known, and what is gone stays. */
  readonly isPresent?: (ref: ObjectRef) => boolean;
}

/**
 * Joins segments of about one size and, where it is known what is gone, drops that. What was joined
 * is stored before the segments that it replaces are retired: after a crash in between, objects are
 * in two segments, which say the same. Several processes may do it at once.
 */
export async function joinSegments(options: JoinSegmentsOptions): Promise<void> {
  const { segments, settings, segmentBytes = defaultSegmentBytes, isPresent } = options;
  const list = () => segmentsWith(segments, settings);
  if (isPresent !== undefined) {
    const { due, elsewhere } = await findUseless(segments, await list(), isPresent);
    if (due.length > 0)
      await join(segments, due, segmentBytes, (ref) => isPresent(ref) && !elsewhere.has(objectId(ref)));
  }
  for (let left = options.most ?? Number.POSITIVE_INFINITY; left >= joinedAtOnce; ) {
    const due = ofOneSize(await list(), segmentBytes).slice(0, left);
    if (due.length === 0 || !(await join(segments, due, segmentBytes, () => true))) return;
    left -= due.length;
  }
}

/**
 * Returns whether all could be joined. A damaged segment is retired: the next scan indexes what it had.
 * Others are retired as soon as what they had is stored: one that dies half-way has made progress.
 */
async function join(
  segments: SegmentStore,
  due: readonly Segment[],
  segmentBytes: number,
  isUseful: (ref: ObjectRef) => boolean,
): Promise<boolean> {
  let replaced: Segment[] = [];
  let isWhole = true;
  const written = new Set<string>();
  const seen = new Set<string>();
  let waiting: IndexedObject[] = [];
  let waitingBytes = 0;
  const flush = async (): Promise<void> => {
    if (waiting.length > 0) written.add((await writeSegment(segments, waiting, due[0]?.settings ?? '')).name);
    waiting = [];
    waitingBytes = 0;
    // The same objects make a segment of the same name.
    for (const each of replaced) if (!written.has(each.name)) await segments.retire(each);
    replaced = [];
  };
  for await (const opened of openSegments(segments, due)) {
    const { segment } = opened;
    const { objects, isDamaged } = await objectsIn(opened);
    if (objects === null) {
      if (isDamaged) await segments.retire(segment);
      else isWhole = false;
      continue;
    }
    replaced.push(segment);
    for (const object of objects) {
      const id = objectId(object);
      if (seen.has(id) || !isUseful(object)) continue;
      seen.add(id);
      waiting.push(object);
      waitingBytes += filterBytes(object);
    }
    if (waitingBytes >= segmentBytes) await flush();
  }
  await flush();
  return isWhole;
}

/** All objects of a segment, or null, and whether it is damaged. */
async function objectsIn(opened: OpenedSegment) {
  if (opened.reader === null) return { objects: null, isDamaged: opened.isDamaged };
  try {
    return { objects: await readObjects(opened.reader), isDamaged: false };
  } catch (error) {
    return { objects: null, isDamaged: error instanceof DamagedSegment };
  }
}

/** Whether there are enough segments of about one size. */
export function areToBeJoined(listed: readonly Segment[], segmentBytes: number): boolean {
  return ofOneSize(listed, segmentBytes).length > 0;
}

/** Enough segments of about one size to be joined; none if there are not. */
function ofOneSize(listed: readonly Segment[], segmentBytes: number): readonly Segment[] {
  const sizeClass = ({ size }: Segment) =>
    Math.max(0, Math.floor(Math.log(size / smallestBytes) / Math.log(joinedAtOnce)));
  const small = listed.filter(({ size }) => size < segmentBytes / 2);
  for (const group of Map.groupBy(small, sizeClass).values()) if (group.length >= joinedAtOnce) return group;
  return [];
}

/**
 * Finds segments with many objects that are gone, or in an earlier segment, and what the segments
 * besides them have.
 */
async function findUseless(
  segments: SegmentStore,
  listed: readonly Segment[],
  isPresent: (ref: ObjectRef) => boolean,
): Promise<{ readonly due: readonly Segment[]; readonly elsewhere: ReadonlySet<string> }> {
  const due: Segment[] = [];
  const elsewhere = new Set<string>();
  for await (const opened of openSegments(segments, listed)) {
    if (opened.reader === null) continue;
    const all = [...objectsOf(opened.objects)];
    const useless = all.filter((each) => !isPresent(each) || elsewhere.has(objectId(each)));
    if (useless.length > all.length * maxUseless) due.push(opened.segment);
    else for (const each of all) elsewhere.add(objectId(each));
  }
  return { due, elsewhere };
}
