import { type FetchPage, type Lane, type Link, requestPage } from './lane.ts';

export interface ReadAheadBounds {
  /** Keys of one answer. */
  readonly pageKeys: number;
  /** Requests under way at once. */
  readonly maxRequests: number;
  /** Keys held, or asked for, that nobody has taken yet. */
  readonly maxKeys: number;
}

export interface ReadAhead {
  /** Fetches, from now on, what comes next in these lanes, whose turn comes in that order. */
  follow(lanes: readonly Lane[]): void;
}

/**
 * Fetches the next pages of lanes in the background, as far as the bounds allow, and then rests. A request that fails is not repeated: whoever asks
 * for its page does that, and hears of it. It goes on with the other lanes when one of their requests succeeds.
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

/** Of the lanes with the fewest pages ahead the one whose turn comes first. Null where no request may be made. */
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
