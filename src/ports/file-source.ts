/** Metadata of a file in the file system. */
export interface FileState {
  /**
   * Changes whenever the content does, and with the inode and the times of modification and change.
   * Opaque.
   */
  readonly fingerprint: string;
  /** Bytes. */
  readonly size: number;
  /** Last modification, ISO 8601 in UTC. */
  readonly modifiedAt: string;
  /**
   * Last change of content or status, in milliseconds since 1970 by the clock of the file system.
   */
  readonly changedAtMs: number;
}

/** An open file. All reads come from this file, even if another takes its name meanwhile. */
export interface OpenFile {
  /** @throws RearviewError as `FileSource` */
  state(): Promise<FileState>;
  /**
   * Returns the content from its start, in pieces that belong to the receiver. May be called again.
   * @throws RearviewError as `FileSource`
   */
  read(): AsyncIterable<Uint8Array>;
  close(): Promise<void>;
}

/**
 * Files to upload. A location is the absolute path in bytes. A symbolic link is not a file.
 *
 * All methods throw RearviewError `ERR_OBJECT_GONE`, `ERR_OBJECT_DENIED`,
 * `ERR_OBJECT_UNSUPPORTED` (not a regular file), and `ERR_UNAVAILABLE` (retryable) for any other
 * error with the file.
 */
export interface FileSource {
  state(location: Uint8Array): Promise<FileState>;
  open(location: Uint8Array): Promise<OpenFile>;
}
