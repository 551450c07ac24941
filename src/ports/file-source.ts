/** What the file system says of a file. */
export interface FileState {
  /** Changes whenever the content does, and with the inode and the times of modification and of change. Opaque. */
  readonly fingerprint: string;
  /** Bytes. */
  readonly size: number;
  /** Last modification, ISO 8601 in UTC. */
  readonly modifiedAt: string;
  /** Last change of content or status, in milliseconds since 1970 on the clock of the file system. */
  readonly changedAtMs: number;
}

/** A file that is open; what is read is of this file, whatever takes its name meanwhile. */
export interface OpenFile {
  /** @throws RearviewError as `FileSource` */
  state(): Promise<FileState>;
  /**
   * The content from its beginning, in pieces that belong to the receiver. May be called again.
   * @throws RearviewError as `FileSource`
   */
  read(): AsyncIterable<Uint8Array>;
  close(): Promise<void>;
}

/**
 * Files to upload. A location is the absolute path in bytes. A symbolic link is no file.
 *
 * All methods throw RearviewError `ERR_OBJECT_GONE`, `ERR_OBJECT_DENIED`, `ERR_OBJECT_UNSUPPORTED` (no regular file), and `ERR_UNAVAILABLE`
 * (retryable) for whatever else goes wrong with the file.
 */
export interface FileSource {
  state(location: Uint8Array): Promise<FileState>;
  open(location: Uint8Array): Promise<OpenFile>;
}
