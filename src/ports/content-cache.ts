/**
 * Bytes that can be computed again, by a key that names everything they were computed from. A cache
 * may lose anything at any time. It never throws: what cannot be read is not there, and what cannot
 * be written is not kept.
 */
export interface ContentCache {
  /** Null if there is nothing under this key. */
  get(key: string): Uint8Array | null;
  /** Keeps the bytes, which must not change afterwards. They may be written only by `flush`. */
  put(key: string, bytes: Uint8Array): void;
  /** Writes what was put. */
  flush(): void;
}
