import { type ObjectFilter, type ObjectInfo, passesFilter } from '../../../../domain/objects/object.ts';
import type { Lane, LanePage, Link } from './lane.ts';

export interface TakeOptions {
  readonly filter: ObjectFilter;
  /** Maximum number of objects to return. */
  readonly limit: number;
  /**
   * Maximum number of entries to examine: a page of a listing that mostly fails the filter may be
   * empty.
   */
  readonly maxEntries: number;
  /**
   * Maximum number of S3 responses to wait for: they may be empty, for example if everything was
   * deleted.
   */
  readonly maxPages: number;
  readonly pageAt: (link: Link) => Promise<LanePage>;
  /** Called with the rest whenever it is another lane's turn. */
  readonly onTurn: (lanes: readonly Lane[]) => void;
}

export interface Taken {
  readonly objects: readonly ObjectInfo[];
  /** Number of examined entries. */
  readonly entries: number;
  /** The rest. */
  readonly lanes: readonly Lane[];
}

/**
 * Takes objects from the lane whose turn it is, the first. It ends with an S3 response: then the
 * lane goes to the back, and the others advance meanwhile. A finished lane is left out.
 */
export async function takePage(given: readonly Lane[], options: TakeOptions): Promise<Taken> {
  const { filter, limit, maxEntries, maxPages, pageAt, onTurn } = options;
  const objects: ObjectInfo[] = [];
  let lanes = given;
  let entries = 0;
  for (let pages = 0; pages < maxPages && objects.length < limit && entries < maxEntries; pages += 1) {
    const [lane, ...others] = lanes;
    if (lane === undefined) break;
    const { link } = lane;
    const page = await pageAt(link);
    let { at } = lane;
    for (const { object } of page.entries.slice(at)) {
      if (objects.length === limit || entries === maxEntries) break;
      if (passesFilter(object, filter)) objects.push(object);
      at += 1;
      entries += 1;
    }
    if (at < page.entries.length) return { objects, entries, lanes: [{ link, at }, ...others] };
    lanes = page.next === null ? others : [...others, { link: page.next, at: 0 }];
    onTurn(lanes);
  }
  return { objects, entries, lanes };
}
