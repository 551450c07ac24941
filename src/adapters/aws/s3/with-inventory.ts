import { RearviewError } from '../../../domain/errors.ts';
import type { ObjectFilter } from '../../../domain/objects/object.ts';
import type { Inventory } from '../../../ports/inventory.ts';
import type { ObjectPage, ObjectReader } from '../../../ports/object-store.ts';

/**
 * Maximum pages of the bucket that one call searches for late arrivals: they are seldom many, and
 * each response costs the caller a step.
 */
const mostPages = 25;

type ListOptions = Parameters<ObjectReader['list']>[0];

/**
 * A reader that lists early objects from the inventory, then the rest from the bucket. The two have
 * no object in common and together lack none. It heads and reads from the bucket: overwritten or
 * deleted objects are detected on reading.
 *
 * S3 lists by key, not by time. Therefore the second part requests the whole bucket (or prefix), a
 * thousand keys at a time, and selects late objects. It is skipped if the filter excludes all late
 * objects.
 * @throws RearviewError `ERR_CONFIG` if the inventory is of another bucket; its `list` as those of
 *   inventory and reader
 */
export function withInventory(reader: ObjectReader, inventory: Inventory): ObjectReader {
  const { bucket, name, id, completeBefore } = inventory;
  if (reader.bucket !== bucket) {
    throw new RearviewError('ERR_CONFIG', `The inventory ${name} belongs to ${bucket}, not to ${reader.bucket}.`);
  }
  /** Prefix of cursors of the second part. Those of the first start with the id of an inventory. */
  const late = `late ${id} `;

  async function listLate({ filter = {}, after, limit }: ListOptions): Promise<ObjectPage> {
    let place = after;
    for (let pages = 1; ; pages += 1) {
      const page = await reader.list({ filter: lateOnly(filter, completeBefore), after: place, limit });
      const isFruitless = page.objects.length === 0 && page.problems.length === 0;
      if (page.next === null) return page;
      if (!isFruitless || pages === mostPages) return { ...page, next: late + page.next };
      place = page.next;
    }
  }

  async function list(options: ListOptions): Promise<ObjectPage> {
    const { filter = {}, after } = options;
    if (after?.startsWith(late)) return listLate({ ...options, after: after.slice(late.length) || null });
    if (after === null && isAllLate(filter, completeBefore)) return listLate(options);
    const page = await inventory.list({ ...options, filter: earlyOnly(filter, completeBefore) });
    if (page.next !== null || isAllEarly(filter, completeBefore)) return page;
    return { ...page, next: late };
  }

  return { ...reader, list };
}

function earlyOnly(filter: ObjectFilter, moment: string): ObjectFilter {
  return isAllEarly(filter, moment) ? filter : { ...filter, arrivedBefore: moment };
}

function lateOnly(filter: ObjectFilter, moment: string): ObjectFilter {
  return isAllLate(filter, moment) ? filter : { ...filter, arrivedAfter: moment };
}

function isAllEarly({ arrivedBefore }: ObjectFilter, moment: string): boolean {
  return arrivedBefore !== undefined && arrivedBefore <= moment;
}

function isAllLate({ arrivedAfter }: ObjectFilter, moment: string): boolean {
  return arrivedAfter !== undefined && arrivedAfter >= moment;
}
