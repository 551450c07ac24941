import { z } from 'zod';
import type { Inventory } from '../../ports/inventory.ts';
import type { ObjectReader } from '../../ports/object-store.ts';
import type { Target } from '../../targets/target.ts';

/** The flag that has a retro scan list inventories in the place of buckets. */
export const inventoryFlags = [
  [
    '--inventory <url...>',
    'List a bucket of the corpus from its S3 Inventory: the s3:// URL of a manifest.json (of all versions, where they are kept). May be given once for each bucket. What the inventory is too old for is listed from the bucket.',
  ],
] as const;

export const inventoryOptions = z.object({ inventory: z.array(z.string()).default([]) });

/**
 * What a plan lists: of a bucket with an inventory all that is in it, and no request to the bucket. What arrived since is little, and to find it
 * takes as long as listing the bucket.
 */
export function planReaders(target: Target, inventories: readonly Inventory[]): ReadonlyMap<string, ObjectReader> {
  const readers = new Map(target.readers);
  for (const { bucket, list } of inventories) {
    const reader = readers.get(bucket);
    if (reader !== undefined) readers.set(bucket, { ...reader, list });
  }
  return readers;
}

/** What a person has to know of an inventory. */
export function inventoryLine({ name, bucket, createdAt, completeBefore }: Inventory): string {
  return `${bucket}: ${name}, of ${createdAt}; what arrived from ${completeBefore} on is listed from the bucket itself`;
}
