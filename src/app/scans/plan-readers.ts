import type { Inventory } from '../../ports/inventory.ts';
import type { ObjectReader } from '../../ports/object-store.ts';

/**
 * The readers that a plan lists with: for a bucket with an inventory only the inventory, without a
 * request to the bucket. Few objects have arrived since, and finding them takes as long as listing
 * the bucket.
 */
export function planReaders(
  { readers: given }: { readonly readers: ReadonlyMap<string, ObjectReader> },
  inventories: readonly Inventory[],
): ReadonlyMap<string, ObjectReader> {
  const readers = new Map(given);
  for (const { bucket, list } of inventories) {
    const reader = readers.get(bucket);
    if (reader !== undefined) readers.set(bucket, { ...reader, list });
  }
  return readers;
}
