import type { StoredSum } from './content-sum.ts';
import { isExcluded } from './exclude.ts';
import type { Uploader } from './uploader.ts';

/** One version of one object. Two references with equal fields name the same bytes. */
export interface ObjectRef {
  /** Name of the store: `corpus` (uploaded files) or `file` (files registered in place) on one machine, an S3 bucket in AWS. */
  readonly bucket: string;
  /** At most 1,024 bytes of UTF-8 for stores that take uploads; for `file`, the absolute path (see `encodePath`). */
  readonly key: string;
  /** Opaque; changes whenever the content does. */
  readonly version: string;
}

export interface ObjectInfo extends ObjectRef {
  /** Bytes. */
  readonly size: number;
  /** When the object arrived in the store (for files in place: its last modification), ISO 8601 in UTC. */
  readonly arrivedAt: string;
  /** Only where an event of the upload, or the record that it left, names the uploader of this very version. */
  readonly uploadedBy?: Uploader;
}

export interface ObjectContent extends ObjectInfo {
  /**
   * The whole content, or its first part where that was asked for: then there are fewer than `size`. Their buffer holds nothing else and belongs to
   * the receiver, who may transfer it to a worker.
   */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** What the uploader said of it, such as `filepath`. Keys in lower case. */
  readonly metadata: Readonly<Record<string, string>>;
  /** SHA-256 of the whole content as it was stored, lower-case hex, where the store names contents by it. The bytes were not compared with it. */
  readonly storedSha256?: string;
}

/** What is known of an object without its content. */
export interface ObjectDescription extends ObjectInfo {
  /** As in `ObjectContent`. */
  readonly metadata: Readonly<Record<string, string>>;
  /** Absent where the store computed none. */
  readonly storedSum?: StoredSum;
}

/** Restricts a listing; every field that is given must hold. */
export interface ObjectFilter {
  /** The key begins with this. */
  readonly prefix?: string;
  /** Bytes, inclusive. */
  readonly minBytes?: number;
  /** Bytes, inclusive. */
  readonly maxBytes?: number;
  /** ISO 8601 in UTC, inclusive. */
  readonly arrivedAfter?: string;
  /** ISO 8601 in UTC, exclusive. */
  readonly arrivedBefore?: string;
  /** Patterns of paths that are left out: of keys, and for files in place of paths below their root. `isExcluded` says how they are read. */
  readonly exclude?: readonly string[];
}

/**
 * Whether the object passes every condition of the filter.
 * @param path for patterns. Default: the key
 */
export function passesFilter(object: ObjectInfo, filter: ObjectFilter, path = object.key): boolean {
  return (
    (filter.prefix === undefined || object.key.startsWith(filter.prefix)) &&
    (filter.minBytes === undefined || object.size >= filter.minBytes) &&
    (filter.maxBytes === undefined || object.size <= filter.maxBytes) &&
    (filter.arrivedAfter === undefined || object.arrivedAt >= filter.arrivedAfter) &&
    (filter.arrivedBefore === undefined || object.arrivedAt < filter.arrivedBefore) &&
    !isExcluded(filter.exclude, path)
  );
}

/** A text that identifies the object version, unambiguous whatever the fields hold. */
export function objectId(ref: ObjectRef): string {
  return JSON.stringify([ref.bucket, ref.key, ref.version]);
}
