import type { Segment } from '../domain/scans/segment.ts';

/** A segment that was replaced, and when. */
export interface RetiredSegment {
  readonly segment: Segment;
  /** Milliseconds since 1970. */
  readonly retiredAt: number;
}

/**
 * Segments of an index: written once, and read in ranges. A segment that was replaced by another is
 * retired: it is no longer a part of the index, and can still be read until it is removed.
 */
export interface SegmentStore {
  /**
   * Stores a segment; it is durable when the promise resolves. Storing it again is harmless.
   * @throws RearviewError `ERR_STORAGE_FULL`, `ERR_UNAVAILABLE` (retryable)
   */
  put(segment: Segment, bytes: Uint8Array): Promise<void>;
  /**
   * Reads these bytes, of a retired segment, too.
   * @param options.exactly whether none near them will be read next, so that fetching more is of no
   *   use. Default: false
   * @throws RearviewError `ERR_OBJECT_GONE` if there is no such segment; `ERR_UNAVAILABLE`
   *   (retryable)
   * @throws DamagedSegment if it is shorter
   */
  read(segment: Segment, start: number, length: number, options?: { readonly exactly: boolean }): Promise<Uint8Array>;
  /** Returns the segments of the index, ordered by name. */
  list(): Promise<readonly Segment[]>;
  /** Takes a segment out of the index. One that is not there, or was retired before, is left as it is. */
  retire(segment: Segment): Promise<void>;
  /** Returns the retired segments, in no particular order. */
  listRetired(): Promise<readonly RetiredSegment[]>;
  /** Removes a retired segment, if it exists. */
  remove(segment: Segment): Promise<void>;
}
