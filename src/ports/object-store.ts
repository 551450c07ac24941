import type {
  ObjectContent,
  ObjectDescription,
  ObjectFilter,
  ObjectInfo,
  ObjectRef,
} from '../domain/objects/object.ts';

/** Objects of one bucket, for reading and listing. */
export interface ObjectReader {
  readonly bucket: string;
  /**
   * Whether scan workers may read the objects themselves: keys are paths of this machine
   * (`encodePath`), versions those of `fileVersion`, and there is no metadata. Default: false.
   */
  readonly isInPlace?: boolean;
  /**
   * @throws RearviewError `ERR_OBJECT_GONE`, `ERR_OBJECT_DENIED` (retryable),
   *   `ERR_OBJECT_UNSUPPORTED`, `ERR_OBJECT_ARCHIVED`, `ERR_UNAVAILABLE` (retryable)
   */
  head(ref: Pick<ObjectRef, 'key'> & { readonly version?: string }): Promise<ObjectInfo>;
  /**
   * Reads an object. If it is larger than `maxBytes`, nothing is read and no memory allocated. If
   * `whole` is false, its first `maxBytes` bytes are read and never more (with a range request if
   * the store supports them): the result has the `size` of the object, and fewer bytes.
   * @param options.maxBytes at least 1 if `whole` is false
   * @param options.whole false returns the first part of an object that is too large. Default: true
   * @throws RearviewError as `head`, `ERR_OBJECT_TOO_LARGE` (only if `whole` is true), and
   *   `ERR_OBJECT_CHANGED` (retryable) if the content read is not the version in `ref.version`
   */
  read(ref: ObjectRef, options: ReadOptions): Promise<ObjectContent>;
  /**
   * Lists all object versions in a stable order, one page at a time. `after` is the `next` of an
   * earlier page (or null). Objects that neither came nor went in the meantime are listed exactly
   * once over the pages. What cannot be listed (a folder without permission, for example) is
   * reported in `problems`, never silently left out.
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
  /**
   * Entries there that are not objects to scan, such as FIFOs, or folders without permission to
   * read.
   */
  readonly problems: readonly ListingProblem[];
  /** Null at the end. */
  readonly next: string | null;
}

export interface ListingProblem {
  readonly key: string;
  readonly reason: 'not_a_regular_file' | 'denied' | 'unreadable';
  readonly detail: string;
}

/** A bucket that accepts objects. */
export interface ObjectStore extends ObjectReader {
  /**
   * Like `head`, with the uploader's metadata of the object; its content is not read.
   * @throws RearviewError as `head`. A missing bucket may look like a missing object, and wrong
   *   credentials like a denied one: in S3, the reason takes another request
   */
  describe(ref: Pick<ObjectRef, 'key'> & { readonly version?: string }): Promise<ObjectDescription>;
  /**
   * Stores an object; it is durable when the promise resolves.
   * @param options.ifAbsent fails with `ERR_CONFLICT` if the key exists. Default: a new version is
   *   made.
   * @param options.ownTime whether `arrivedAt` of the result may be by the clock of this machine,
   *   which saves a request to S3. Default: false
   * @throws RearviewError `ERR_CONFLICT`, `ERR_STORAGE_FULL` (retryable), `ERR_UNAVAILABLE`
   *   (retryable), `ERR_CONFIG` for keys that no store accepts (empty, over 1,024 bytes)
   */
  put(
    key: string,
    content: Uint8Array | AsyncIterable<Uint8Array>,
    options?: {
      readonly metadata?: Readonly<Record<string, string>>;
      readonly ifAbsent?: boolean;
      readonly ownTime?: boolean;
    },
  ): Promise<ObjectInfo>;
}
