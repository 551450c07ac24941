import { type ObjectRef, objectId } from '../../domain/objects/object.ts';
import type { IndexedObject } from '../../index/indexed-object.ts';
import { readObjects } from '../../index/read-objects.ts';
import { encodeSegment } from '../../index/segment.ts';
import type { SegmentReader } from '../../index/segment-reader.ts';
import type { PointerStore } from '../../ports/pointer-store.ts';
import type { SegmentStore } from '../../ports/segment-store.ts';
import { openSegments } from './corpus-index.ts';
import { changeManifest, type ListedSegment, readManifest } from './index-manifest.ts';

export interface CompactIndexOptions {
  readonly segments: SegmentStore;
  readonly pointers: PointerStore;
  readonly settings: string;
  /** Bytes of filters of one segment, about. */
  readonly segmentBytes: number;
  /** Whether an object is still in the corpus. */
  readonly isPresent: (ref: ObjectRef) => boolean;
}

/** Small segments that are left alone: each new file makes one. */
const maxSmall = 3;
/** A segment of a smaller part of `segmentBytes` is small. */
const smallPart = 1 / 4;
/** Part of the objects of a segment that may be gone. */
const maxGone = 0.2;

/**
 * Joins small segments, and drops objects that are gone. A crash leaves the index as it was, with a
 * file that nothing names. Another process that does the same wins, or does nothing.
 */
export async function compactIndex(options: CompactIndexOptions): Promise<void> {
  const { segments, pointers, settings, segmentBytes, isPresent } = options;
  const opened: { readonly listed: ListedSegment; readonly reader: SegmentReader; readonly gone: number }[] = [];
  for await (const { listed, reader } of openSegments(segments, await readManifest(pointers), settings)) {
    if (reader !== null)
      opened.push({ listed, reader, gone: reader.objects.filter((each) => !isPresent(each)).length });
  }
  const small = opened.filter(({ listed }) => listed.size < segmentBytes * smallPart);
  const due = new Set([
    ...opened.filter(({ listed, gone }) => gone > listed.objects * maxGone),
    ...(small.length > maxSmall ? small : []),
  ]);
  if (due.size === 0) return;

  const replaced = new Set<string>();
  const written: ListedSegment[] = [];
  const seen = new Set<string>();
  let pending: IndexedObject[] = [];
  let pendingBytes = 0;
  const flush = async (): Promise<void> => {
    if (pending.length > 0) written.push(await writeSegment(segments, pending, settings));
    pending = [];
    pendingBytes = 0;
  };
  for (const { listed, reader } of due) {
    // A damaged one stays listed, and the next build forgets it.
    const objects = await readObjects(reader).catch(() => null);
    if (objects === null) continue;
    replaced.add(listed.name);
    for (const object of objects) {
      const id = objectId(object);
      if (seen.has(id) || !isPresent(object)) continue;
      seen.add(id);
      pending.push(object);
      pendingBytes += filterBytes(object);
    }
    if (pendingBytes >= segmentBytes) await flush();
  }
  await flush();
  await changeManifest(pointers, (all) => {
    const names = new Set(all.map(({ name }) => name));
    if ([...replaced].some((name) => !names.has(name))) return all;
    const added = new Set(written.map(({ name }) => name));
    return [...all.filter(({ name }) => !replaced.has(name) && !added.has(name)), ...written];
  });
  await removeUnlisted(segments, pointers);
}

/** Stores objects as a segment, which is not listed yet. */
export async function writeSegment(
  segments: SegmentStore,
  objects: readonly IndexedObject[],
  settings: string,
): Promise<ListedSegment> {
  const { name, bytes, endOffset } = encodeSegment(objects);
  await segments.put(name, bytes);
  const objectBytes = objects.reduce((sum, { size }) => sum + size, 0);
  return { name, endOffset, size: bytes.length, objects: objects.length, objectBytes, settings };
}

export function filterBytes({ contents }: IndexedObject): number {
  return contents.reduce((sum, { filter }) => sum + filter.bits.byteLength, 0);
}

/** Removes segments that were replaced, and those of a build that was interrupted. */
export async function removeUnlisted(segments: SegmentStore, pointers: PointerStore): Promise<void> {
  const names = new Set((await readManifest(pointers)).map(({ name }) => name));
  for (const name of await segments.list()) if (!names.has(name)) await segments.remove(name);
}
