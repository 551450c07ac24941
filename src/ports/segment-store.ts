/** Segments of an index: written once, read in ranges, named by the SHA-256 of their end. */
export interface SegmentStore {
  /**
   * Stores a segment; it is durable when the promise resolves. Storing it again is harmless.
   * @throws RearviewError `ERR_STORAGE_FULL` (retryable)
   */
  put(name: string, bytes: Uint8Array): Promise<void>;
  /**
   * Reads exactly these bytes.
   * @throws RearviewError `ERR_OBJECT_GONE` if there is no such segment, or it is shorter
   */
  read(name: string, start: number, length: number): Promise<Uint8Array>;
  /** Returns the names of all segments, in no particular order. */
  list(): Promise<readonly string[]>;
  /** Removes a segment, if it exists. */
  remove(name: string): Promise<void>;
}
