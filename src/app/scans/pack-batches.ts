import type { DueObject } from '../../domain/scans/scan.ts';

export interface PackLimits {
  /** Most objects in one batch. */
  readonly maxObjects: number;
  /** Most bytes in one batch; an object that is larger by itself makes a batch of its own. */
  readonly maxBytes: number;
}

/** Packs objects into batches by count and bytes, in order, none left out. */
export function packBatches(objects: readonly DueObject[], limits: PackLimits): readonly (readonly DueObject[])[] {
  const batches: DueObject[][] = [];
  let batch: DueObject[] = [];
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
