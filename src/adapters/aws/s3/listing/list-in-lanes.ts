import type { ObjectFilter } from '../../../../domain/objects/object.ts';
import type { ObjectPage, ObjectReader } from '../../../../ports/object-store.ts';
import {
  awaitPage,
  type FetchedPage,
  type FetchPage,
  type Lane,
  newLane,
  type Position,
  tailOf,
  withEnd,
} from './lane.ts';
import { createReadAhead, type ReadAhead, type ReadAheadBounds } from './read-ahead.ts';
import { findSplitPoints, type ListPrefixes } from './split-points.ts';
import { type Taken, takePage } from './take-page.ts';

/** A bucket and its requests. */
export interface ListingSource {
  /** @param prefix of the keys; may be empty */
  fetchPage(prefix: string, after: Position | null, maxKeys: number): Promise<FetchedPage>;
  readonly listPrefixes: ListPrefixes;
  readonly formatCursor: (lanes: readonly Lane[]) => string;
  readonly parseCursor: (cursor: string) => readonly Lane[];
}

export interface ListingBounds extends ReadAheadBounds {
  /**
   * Number of ranges listed at once. Each ends with a response of which only a part belongs to it.
   */
  readonly maxLanes: number;
  /** Number of listings kept for continuation. */
  readonly maxListings: number;
}

type ListOptions = Parameters<ObjectReader['list']>[0];

/** A running listing. */
interface Listing {
  readonly filter: string;
  readonly fetch: FetchPage;
  readonly ahead: ReadAhead;
  /** The lanes by cursors from which it may continue: the start and the end of the last page. */
  places: ReadonlyMap<string, readonly Lane[]>;
  /** Entries listed since the last search for folders to divide it by. */
  undivided: number;
}

/**
 * Lists a bucket like `ObjectReader.list`. The first page is one S3 response. From the second page
 * on, the keys are divided into ranges, which are read ahead in parallel. Objects are in key order
 * within a range, and the ranges take turns, one S3 response each.
 *
 * A cursor other than that of the last page (for example, from another process) is continued like a
 * first page: one response, then in parallel. Requesting the last page again, for example with
 * another limit, costs nothing. When ranges are finished, others are divided.
 */
export function listInLanes(source: ListingSource, bounds: ListingBounds): ObjectReader['list'] {
  const { pageKeys, maxLanes, maxListings } = bounds;
  /**
   * Divided so seldom that the responses for it, and the ends of lanes, are few among the others.
   */
  const divideEvery = 8 * maxLanes * pageKeys;
  let listings: readonly Listing[] = [];

  function begin({ prefix = '' }: ObjectFilter, filter: string): Listing {
    const fetch: FetchPage = (after, maxKeys) => source.fetchPage(prefix, after, maxKeys);
    const ahead = createReadAhead(fetch, bounds);
    return { filter, fetch, ahead, places: new Map(), undivided: Number.POSITIVE_INFINITY };
  }

  /** Divides one of few lanes when it is time. */
  async function divide(listing: Listing, lanes: readonly Lane[], prefix: string): Promise<readonly Lane[]> {
    if (2 * lanes.length > maxLanes || listing.undivided < divideEvery) return lanes;
    const lane = lanes.find((each) => tailOf(each) !== null);
    const tail = lane === undefined ? null : tailOf(lane);
    if (lane === undefined || tail === null) return lanes;
    const { after, upTo } = tail;
    const range = { prefix, after: after?.key ?? null, upTo, most: maxLanes - lanes.length + 1 };
    const points = await findSplitPoints(source.listPrefixes, range);
    listing.undivided = 0;
    const [first] = points;
    if (first === undefined) return lanes;
    const others = points.map((key, index) => newLane({ key, versionId: null }, points[index + 1] ?? upTo));
    return lanes.flatMap((each) => (each === lane ? [withEnd(lane, first), ...others] : [each]));
  }

  function keep(listing: Listing, places: Listing['places']): void {
    const others = listings.filter((each) => each !== listing);
    listings = places.size === 0 ? others : [...others, listing].slice(-maxListings);
    listing.places = places;
  }

  /**
   * Finds a listing whose last page started or ended there. The latest, if another was abandoned
   * there.
   */
  function find(filter: string, after: string): Listing | undefined {
    return listings.findLast((each) => each.filter === filter && each.places.has(after));
  }

  async function list({ filter = {}, after, limit }: ListOptions): Promise<ObjectPage> {
    const id = JSON.stringify(Object.entries(filter).toSorted());
    const known = after === null ? undefined : find(id, after);
    if (after !== null && known !== undefined) return goOn(known, { filter, after, limit });
    const listing = begin(filter, id);
    const lanes = after === null ? [newLane(null, null)] : source.parseCursor(after);
    const taken = await takePage(lanes, {
      ...{ filter, limit, maxEntries: pageKeys, maxPages: 1, onTurn: () => undefined },
      pageAt: (link) => awaitPage(link, listing.fetch, Math.min(limit, pageKeys)),
    });
    return answer(listing, taken, after === null ? [] : [[after, lanes]]);
  }

  async function goOn(
    listing: Listing,
    { filter = {}, after, limit }: ListOptions & { readonly after: string },
  ): Promise<ObjectPage> {
    const lanes = await divide(listing, listing.places.get(after) ?? source.parseCursor(after), filter.prefix ?? '');
    // A failed call may be repeated.
    keep(listing, new Map([...listing.places, [after, lanes]]));
    listing.ahead.follow(lanes);
    const taken = await takePage(lanes, {
      ...{ filter, limit, maxEntries: pageKeys, maxPages: 2 * maxLanes, onTurn: listing.ahead.follow },
      pageAt: (link) => awaitPage(link, listing.fetch, pageKeys),
    });
    return answer(listing, taken, [[after, lanes]]);
  }

  function answer(
    listing: Listing,
    { objects, entries, lanes }: Taken,
    began: readonly (readonly [string, readonly Lane[]])[],
  ): ObjectPage {
    listing.undivided += entries;
    const next = lanes.length === 0 ? null : source.formatCursor(lanes);
    keep(listing, new Map(next === null ? [] : [...began, [next, lanes]]));
    return { objects, problems: [], next };
  }

  return list;
}
