/** A file as it was when the target had it. */
export interface JournalEntry {
  /** Of the file, see `FileState`. */
  readonly fingerprint: string;
  /** Bytes. */
  readonly size: number;
  /** Lower-case hex. */
  readonly sha256: string;
  /** Of the object. */
  readonly version: string;
}

/** Which file was uploaded to which key. */
export interface JournalPlace {
  /** Absolute path, see `encodePath`. */
  readonly path: string;
  readonly key: string;
}

/**
 * What is known to be in one target. An entry that is lost costs reading the file once more; an entry that is wrong would lose a file, so one is
 * made only when the object is durable. It outlives the death of the process at any moment.
 * @throws RearviewError `ERR_STORAGE_FULL` (retryable)
 */
export interface UploadJournal {
  find(place: JournalPlace): Promise<JournalEntry | null>;
  /** Replaces the entry of that place; it becomes the latest. */
  record(place: JournalPlace, entry: JournalEntry): Promise<void>;
  /** Stands for this moment, for `oldest`. */
  mark(): Promise<number>;
  /** The places that were recorded or kept the longest ago, oldest first, and none after the mark. */
  oldest(limit: number, mark: number): Promise<readonly JournalPlace[]>;
  /** Makes the entry the latest. Nothing where there is none. */
  keep(place: JournalPlace): Promise<void>;
  /** Nothing where there is none. */
  forget(place: JournalPlace): Promise<void>;
}
