import type { ObjectReader } from '../../../ports/object-store.ts';
import { formatCursor, parseCursor } from './listing/cursor.ts';
import { fetchLatest, fetchPrefixes, fetchVersions, type Place } from './listing/fetch-page.ts';
import { type ListingBounds, listInLanes } from './listing/list-in-lanes.ts';

/**
 * S3's limit per client is far above that (5,500 requests per second and prefix); a function holds
 * about 10 MB of it.
 */
const bounds: ListingBounds = {
  /** Maximum page size of S3. */
  pageKeys: 1000,
  maxRequests: 8,
  maxKeys: 20_000,
  maxLanes: 16,
  maxListings: 4,
};

/**
 * Lists a bucket, in parallel from the second page on: the latest version of each key, or all
 * versions.
 * @param place.versioned true lists all versions, except delete markers
 */
export function createS3Listing(place: Place & { readonly versioned: boolean }): ObjectReader['list'] {
  const { bucket, versioned } = place;
  const fetch = versioned ? fetchVersions : fetchLatest;
  return listInLanes(
    {
      fetchPage: (prefix, after, maxKeys) => fetch(place, { prefix, after, maxKeys }),
      listPrefixes: (prefix, after) => fetchPrefixes(place, { prefix, after, versioned }),
      formatCursor: (lanes) => formatCursor(lanes, { versioned }),
      parseCursor: (cursor) => parseCursor(cursor, { bucket, versioned }),
    },
    bounds,
  );
}
