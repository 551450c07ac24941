import type {
  ObjectContent,
  ObjectDescription,
  ObjectFilter,
  ObjectInfo,
  ObjectRef,
} from '../domain/objects/object.ts';

/** Objects of one bucket, to be read and listed. */
export interface ObjectReader {
  readonly bucket: string;
  /**
   * @throws RearviewError `ERR_OBJECT_GONE`, `ERR_OBJECT_DENIED` (retryable), `ERR_OBJECT_UNSUPPORTED`, `ERR_OBJECT_ARCHIVED`, `ERR_UNAVAILABLE` (retryable)
   */
  head(ref: Pick<ObjectRef, 'key'> & { readonly version?: string }): Promise<ObjectInfo>;
  /**
   * Reads an object. Of one that is larger than `maxBytes` nothing is read, and no memory taken; or, where `whole` is false, its first `maxBytes`
   * bytes and never more (a range request where the store has them): the answer has the `size` of the object, and fewer bytes.
   * @param options.maxBytes at least 1 where `whole` is false
   * @param options.whole false answers the first part of what is too large. Default: true
   * @throws RearviewError as `head`, `ERR_OBJECT_TOO_LARGE` (only where `whole` is true), and `ERR_OBJECT_CHANGED` (retryable) when what was read is not what `ref.version` names
   */
  read(ref: ObjectRef, options: ReadOptions): Promise<ObjectContent>;
  /**
   * All object versions in an order that does not change between calls, a page at a time. `after` is the `next` of an earlier
   * page (or null); objects that neither came nor went in the meantime are listed exactly once over the pages.
   * What cannot be listed (a folder without permission, say) is reported as one of `problems`, never left out in silence.
   */
  list(options: {
    readonly filter?: ObjectFilter;
    readonly after: string | null;
    readonly limit: number;
  }): Promise<ObjectPage>;
}

export interface ReadOptions {
  readonly maxBytes: number;
  readonly whole?: boolean;
}

export interface ObjectPage {
  readonly objects: readonly ObjectInfo[];
  /** Things at that place which are no objects to scan, such as FIFOs, or folders that may not be read. */
  readonly problems: readonly ListingProblem[];
  /** Null at the end. */
  readonly next: string | null;
}

export interface ListingProblem {
  readonly key: string;
  readonly reason: 'not_a_regular_file' | 'denied' | 'unreadable';
  readonly detail: string;
}

/** A bucket that takes objects. */
export interface ObjectStore extends ObjectReader {
  /**
   * As `head`, and what the uploader said of the object; its content is not read.
   * @throws RearviewError as `head`
   */
  describe(ref: Pick<ObjectRef, 'key'> & { readonly version?: string }): Promise<ObjectDescription>;
  /**
   * Stores an object; it is durable when the promise resolves.
   * @param options.ifAbsent fails with `ERR_CONFLICT` where the key exists. Default: a new version is made.
   * @throws RearviewError `ERR_CONFLICT`, `ERR_STORAGE_FULL` (retryable), `ERR_UNAVAILABLE` (retryable), `ERR_CONFIG` for keys that no store takes (empty, over 1,024 bytes)
   */
  put(
    key: string,
    content: Uint8Array | AsyncIterable<Uint8Array>,
    options?: { readonly metadata?: Readonly<Record<string, string>>; readonly ifAbsent?: boolean },
  ): Promise<ObjectInfo>;
}
