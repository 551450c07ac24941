import type { Inventory } from '../../ports/inventory.ts';
import { flagSet } from './flag.ts';
import { textsFlag } from './flags.ts';

/** The flag that makes a retro scan list inventories instead of buckets. */
export const inventoryFlags = [
  [
    '--inventory <url...>',
    'List a bucket of the corpus from its S3 Inventory: the s3:// URL of a manifest.json. May be repeated, once for each bucket.',
  ],
] as const;

export const inventoryOptions = flagSet({ inventory: textsFlag });

/** Describes an inventory on one line. */
export function inventoryLine({ name, bucket, createdAt, completeBefore }: Inventory): string {
  return `${bucket}: ${name}, created ${createdAt}; objects that arrived since ${completeBefore} are listed from the bucket`;
}
