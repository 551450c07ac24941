import type { ObjectInfo } from '../../domain/objects/object.ts';

export interface PackLimits {
  /** Most objects in one batch. */
  readonly maxObjects: number;
  /** Most bytes in one batch; an object that is larger by itself makes a batch of its own. */
  readonly maxBytes: number;
}

/** Packs objects into batches by count and bytes, in order, none left out. */
export function packBatches(objects: readonly ObjectInfo[], limits: PackLimits): readonly (readonly ObjectInfo[])[] {
  const batches: ObjectInfo[][] = [];
  let batch: ObjectInfo[] = [];
  let bytes = 0;
  for (const object of objects) {
    if (batch.length > 0 && (batch.length >= limits.maxObjects || bytes + object.size > limits.maxBytes)) {
      batches.push(batch);
      batch = [];
      bytes = 0;
    }
    batch.push(object);
    bytes += object.size;
  }
  if (batch.length > 0) batches.push(batch);
  return batches;
}
