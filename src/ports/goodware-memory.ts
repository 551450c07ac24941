/** The files of goodware that a rule matched. */
export interface MeasuredRule {
  /** Number of files. */
  readonly files: number;
  /** The first of them by path, at most `maxMeasuredFiles`. */
  readonly matches: readonly MeasuredFile[];
}

export interface MeasuredFile {
  readonly path: string;
  /** Lower-case hex. */
  readonly sha256: string;
}

/** Most files that are kept for one rule. */
export const maxMeasuredFiles = 1000;

/** The results of public rules on goodware. Losing them costs time and nothing else. */
export interface GoodwareMemory {
  /** Returns whether anything is remembered, of whatever set of files. */
  hasAny(): Promise<boolean>;
  /**
   * Returns what is remembered of a set of files, by logic hash; empty if nothing is, or if it is
   * damaged.
   * @param digest lower-case hex SHA-256 that names the set
   */
  read(digest: string): Promise<ReadonlyMap<string, MeasuredRule>>;
  /**
   * Adds results to those of a set.
   * @throws RearviewError `ERR_CONFIG` if they cannot be written
   */
  add(digest: string, measured: ReadonlyMap<string, MeasuredRule>): Promise<void>;
}
