import { type FetchPage, type Lane, type Link, requestPage } from './lane.ts';

export interface ReadAheadBounds {
  /** Keys of one response. */
  readonly pageKeys: number;
  /** Simultaneous requests. */
  readonly maxRequests: number;
  /** Keys that are held or requested and not taken yet. */
  readonly maxKeys: number;
}

export interface ReadAhead {
  /** From now on, fetches the next pages of these lanes, in the order of their turns. */
  follow(lanes: readonly Lane[]): void;
}

/**
 * Fetches the next pages of lanes in the background, within the bounds, and then pauses. A failed
 * request is not repeated here: the caller that needs its page repeats it and gets the error.
 * Fetching continues with the other lanes when one of their requests succeeds.
 */
export function createReadAhead(fetch: FetchPage, bounds: ReadAheadBounds): ReadAhead {
  let lanes: readonly Lane[] = [];

  function keepUp(): void {
    for (let link = nextLink(lanes, bounds); link !== null; link = nextLink(lanes, bounds)) {
      requestPage(link, fetch, bounds.pageKeys).then(keepUp, () => undefined);
    }
  }

  return {
    follow(given) {
      lanes = given;
      keepUp();
    },
  };
}

/**
 * The next page to request: of the lane whose turn comes first among those with the fewest pages
 * ahead. Null if no request may be made.
 */
function nextLink(lanes: readonly Lane[], { pageKeys, maxRequests, maxKeys }: ReadAheadBounds): Link | null {
  let requests = 0;
  let keys = 0;
  let best: { readonly link: Link; readonly pages: number } | null = null;
  for (const { link, at } of lanes) {
    keys -= at;
    let pages = 0;
    let tail: Link | null = link;
    for (; tail?.page != null; tail = tail.page.next) {
      keys += tail.page.entries.length;
      pages += 1;
    }
    if (tail === null) continue;
    if (tail.request !== null) requests += 1;
    else if (!tail.hasFailed && (best === null || pages < best.pages)) best = { link: tail, pages };
  }
  const isFull = requests >= maxRequests || keys + (requests + 1) * pageKeys > maxKeys;
  return isFull || best === null ? null : best.link;
}
