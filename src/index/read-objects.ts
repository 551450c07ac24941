import type { IndexedContent, IndexedObject } from './indexed-object.ts';
import type { SegmentReader } from './segment-reader.ts';

/**
 * Reads all objects of a segment, as they were written.
 * @throws Error if it cannot be read, or is damaged
 */
export async function readObjects(segment: SegmentReader): Promise<readonly IndexedObject[]> {
  const contents: IndexedContent[][] = segment.objects.map(() => []);
  for (const group of segment.groups) {
    for (const [index, filter] of (await segment.filters(group)).entries()) {
      const column = group.firstColumn + index;
      contents[segment.owners[column] ?? -1]?.push({ facts: { ...segment.factsOf(column) }, filter });
    }
  }
  return segment.objects.map((object, index) => ({ ...object, contents: contents[index] ?? [] }));
}
