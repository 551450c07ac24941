import type { StoredSum } from './content-sum.ts';
import { isExcluded } from './exclude.ts';
import type { Uploader } from './uploader.ts';

/** One version of one object. Two references with equal fields name the same bytes. */
export interface ObjectRef {
  /**
   * Name of the store: `corpus` (uploaded files) or `file` (files registered in place) on one
   * machine, an S3 bucket in AWS.
   */
  readonly bucket: string;
  /**
   * At most 1,024 bytes of UTF-8 in stores that accept uploads; for `file`, the absolute path (see
   * `encodePath`).
   */
  readonly key: string;
  /** Opaque; changes whenever the content does. */
  readonly version: string;
}

export interface ObjectInfo extends ObjectRef {
  /** Bytes. */
  readonly size: number;
  /**
   * Time of arrival in the store (for files in place: their last modification), ISO 8601 in UTC.
   */
  readonly arrivedAt: string;
  /**
   * Present only if an upload event, or the record it left, names the uploader of this very
   * version.
   */
  readonly uploadedBy?: Uploader;
}

export interface ObjectContent extends ObjectInfo {
  /**
   * The whole content, or the requested first part, which is shorter than `size`. The buffers hold
   * nothing else and belong to the receiver, who may transfer them to a worker.
   */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Claims of the uploader, such as `filepath`. Keys are lower case. */
  readonly metadata: Readonly<Record<string, string>>;
  /**
   * SHA-256 of the whole stored content, lower-case hex. Present if the store names contents by it.
   * The bytes have not been checked against it.
   */
  readonly storedSha256?: string;
}

/** Facts about an object that do not need its content. */
export interface ObjectDescription extends ObjectInfo {
  /** See `ObjectContent`. */
  readonly metadata: Readonly<Record<string, string>>;
  /** Absent if the store computed none. */
  readonly storedSum?: StoredSum;
}

/** Conditions on a listing; all that are given must hold. */
export interface ObjectFilter {
  /** Prefix of the key. */
  readonly prefix?: string;
  /** Bytes, inclusive. */
  readonly minBytes?: number;
  /** Bytes, inclusive. */
  readonly maxBytes?: number;
  /** ISO 8601 in UTC, inclusive. */
  readonly arrivedAfter?: string;
  /** ISO 8601 in UTC, exclusive. */
  readonly arrivedBefore?: string;
  /**
   * Patterns of left-out paths: keys, and for files in place the paths below their root. See
   * `isExcluded` for the syntax.
   */
  readonly exclude?: readonly string[];
}

/**
 * Returns whether the object meets every condition of the filter.
 * @param path compared with the patterns. Default: the key
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

/** Returns a text that identifies the object version unambiguously, whatever the fields contain. */
export function objectId(ref: ObjectRef): string {
  return JSON.stringify([ref.bucket, ref.key, ref.version]);
}
