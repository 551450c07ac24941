import type { Segment } from '../../domain/scans/segment.ts';
import type { IndexedObject } from '../../index/indexed-object.ts';
import { encodeSegment } from '../../index/segment.ts';
import type { SegmentStore } from '../../ports/segment-store.ts';

/**
 * Stores objects as a segment. From then on it belongs to the index. The memory of the filters is
 * freed: it is much, and the garbage collector would let it pile up.
 */
export async function writeSegment(
  segments: SegmentStore,
  objects: readonly IndexedObject[],
  settings: string,
): Promise<Segment> {
  const { name, bytes, endOffset } = encodeSegment(objects);
  const segment = { name, endOffset, size: bytes.length, objects: objects.length, settings };
  for (const { contents } of objects) for (const { filter } of contents) filter.bits.buffer.transfer(0);
  await segments.put(segment, bytes);
  bytes.buffer.transfer(0);
  return segment;
}

export function filterBytes({ contents }: IndexedObject): number {
  return contents.reduce((sum, { filter }) => sum + filter.bits.byteLength, 0);
}
