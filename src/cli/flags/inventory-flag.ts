import { z } from 'zod';
import type { Inventory } from '../../ports/inventory.ts';

/** The flag that has a retro scan list inventories in the place of buckets. */
export const inventoryFlags = [
  [
    '--inventory <url...>',
    'List a bucket of the corpus from its S3 Inventory: the s3:// URL of a manifest.json. May be repeated, once for each bucket.',
  ],
] as const;

export const inventoryOptions = z.object({ inventory: z.array(z.string()).default([]) });

/** What a person has to know of an inventory. */
export function inventoryLine({ name, bucket, createdAt, completeBefore }: Inventory): string {
  return `${bucket}: ${name}, of ${createdAt}; what arrived from ${completeBefore} on is listed from the bucket itself`;
}
