import type { IndexedContent, IndexedObject } from './indexed-object.ts';
import type { SegmentReader } from './segment-reader.ts';

/**
 * Reads all objects of a segment, as they were written.
 * @throws Error if it cannot be read, or is damaged
 */
export async function readObjects(segment: SegmentReader): Promise<readonly IndexedObject[]> {
  const [objects, owners] = [await segment.objects(), await segment.owners()];
  const factsOf = await segment.facts({ hashes: true });
  const contents = Array.from({ length: segment.count }, (): IndexedContent[] => []);
  for (const group of segment.groups) {
    for (const [index, filter] of (await segment.filters(group)).entries()) {
      const column = group.firstColumn + index;
      contents[owners[column] ?? -1]?.push({ facts: { ...factsOf(column) }, filter });
    }
  }
  return contents.map((each, place) => ({ ...objects.at(place), contents: each }));
}
