/** The state of a file when it was uploaded to the target. */
export interface JournalEntry {
  /** Fingerprint of the file, see `FileState`. */
  readonly fingerprint: string;
  /** Bytes. */
  readonly size: number;
  /** Lower-case hex. */
  readonly sha256: string;
  /** Version of the object. */
  readonly version: string;
}

/** The file that was uploaded, and its key. */
export interface JournalPlace {
  /** Absolute path, see `encodePath`. */
  readonly path: string;
  readonly key: string;
}

/**
 * The objects known to be in one target. A lost entry costs reading the file once more. A wrong
 * entry would lose a file, so an entry is written only when the object is durable. It survives a
 * crash of the process at any moment.
 * @throws RearviewError `ERR_STORAGE_FULL` (retryable)
 */
export interface UploadJournal {
  find(place: JournalPlace): Promise<JournalEntry | null>;
  /** Replaces the entry for that path and key; it becomes the latest. */
  record(place: JournalPlace, entry: JournalEntry): Promise<void>;
  /** A mark for this moment, for `oldest`. */
  mark(): Promise<number>;
  /**
   * The entries that were recorded or kept the longest ago, oldest first, and none after the mark.
   */
  oldest(limit: number, mark: number): Promise<readonly JournalPlace[]>;
  /** Makes the entry the latest. Does nothing if there is none. */
  keep(place: JournalPlace): Promise<void>;
  /** Does nothing if there is none. */
  forget(place: JournalPlace): Promise<void>;
}
