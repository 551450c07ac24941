import type { SegmentObjects } from './segment-objects.ts';

/** The objects of a segment as they are stored: compressed, an eighth of what they take decoded. */
export interface StoredObjects {
  readonly count: number;
  /** Bytes that they take decoded. */
  readonly plainBytes: number;
  decode(): SegmentObjects;
}

/** Keeps the objects of many segments in little memory: only of those that were used last, decoded. */
export interface ObjectsCache {
  /** The objects of a segment, which are decoded again whenever it is necessary. */
  keep(stored: StoredObjects): SegmentObjects;
}

/** @param maxBytes of what is decoded. The last one used is, however large it is */
export function createObjectsCache(maxBytes: number): ObjectsCache {
  const decoded = new Set<{ usedAt: number; readonly bytes: number; forget(): void }>();
  let bytes = 0;
  let clock = 0;
  const makeRoom = () => {
    while (bytes > maxBytes && decoded.size > 1) {
      let [oldest] = decoded;
      for (const each of decoded) if (each.usedAt < (oldest?.usedAt ?? 0)) oldest = each;
      if (oldest === undefined) return;
      decoded.delete(oldest);
      bytes -= oldest.bytes;
      oldest.forget();
    }
  };
  return {
    keep(stored) {
      let objects: SegmentObjects | null = null;
      const entry = {
        usedAt: 0,
        bytes: stored.plainBytes,
        forget() {
          objects = null;
        },
      };
      const use = (): SegmentObjects => {
        clock += 1;
        entry.usedAt = clock;
        if (objects !== null) return objects;
        objects = stored.decode();
        decoded.add(entry);
        bytes += entry.bytes;
        makeRoom();
        return objects;
      };
      return {
        count: stored.count,
        at: (place) => use().at(place),
        sizeAt: (place) => use().sizeAt(place),
        isAt: (place, ref) => use().isAt(place, ref),
        hashAt: (place, seed) => use().hashAt(place, seed),
      };
    },
  };
}
