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

/** A bucket, as it is asked. */
export interface ListingSource {
  /** @param prefix what the keys begin with; may be empty */
  fetchPage(prefix: string, after: Position | null, maxKeys: number): Promise<FetchedPage>;
  readonly listPrefixes: ListPrefixes;
  readonly formatCursor: (lanes: readonly Lane[]) => string;
  readonly parseCursor: (cursor: string) => readonly Lane[];
}

export interface ListingBounds extends ReadAheadBounds {
  /** Ranges that are listed at once. Each ends with an answer of which only a part is its own. */
  readonly maxLanes: number;
  /** Listings that are kept to be gone on with. */
  readonly maxListings: number;
}

type ListOptions = Parameters<ObjectReader['list']>[0];

/** A listing under way. */
interface Listing {
  readonly filter: string;
  readonly fetch: FetchPage;
  readonly ahead: ReadAhead;
  /** What the cursors stand for from which it may go on: where the last page began, and where it ended. */
  places: ReadonlyMap<string, readonly Lane[]>;
  /** Entries listed since it was last looked for folders to divide it by. */
  undivided: number;
}

/**
 * Lists a bucket as `ObjectReader.list` does. The first page is one answer of S3. With the second, the keys are divided into ranges, which are read
 * ahead of the caller in parallel. Objects come by key within a range, and the ranges take turns, an answer of S3 each.
 *
 * A cursor that is not of the last page (as in another process) is gone on with like a first page: one answer, then in parallel. To ask for the last
 * page again, as with another limit, costs nothing. When ranges have come to their ends, others are divided.
 */
export function listInLanes(source: ListingSource, bounds: ListingBounds): ObjectReader['list'] {
  const { pageKeys, maxLanes, maxListings } = bounds;
  /** Divided seldom enough that the answers to that, and the ends of lanes, are few among the others. */
  const divideEvery = 8 * maxLanes * pageKeys;
  let listings: readonly Listing[] = [];

  function begin({ prefix = '' }: ObjectFilter, filter: string): Listing {
    const fetch: FetchPage = (after, maxKeys) => source.fetchPage(prefix, after, maxKeys);
    const ahead = createReadAhead(fetch, bounds);
    return { filter, fetch, ahead, places: new Map(), undivided: Number.POSITIVE_INFINITY };
  }

  /** Divides one of few lanes where it is time. */
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

  /** A listing whose last page began or ended there. The latest, where another was given up there. */
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
    // A call that fails may come again.
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
