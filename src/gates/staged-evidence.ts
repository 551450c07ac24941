/** The matches of a rule: contents (each SHA-256 once) and objects. */
export interface MatchCounts {
  readonly contents: number;
  readonly objects: number;
}

/** A content that a staged rule matched. */
export interface StagedExample {
  readonly sha256: string;
  /** Path of the first object it was found in. */
  readonly filepath: string;
  /** ISO 8601 in UTC. */
  readonly firstSeenAt: string;
  readonly lastSeenAt: string;
  readonly objects: number;
}

/**
 * The base for the expected matches: matched and scanned objects, both of the corpus at that time.
 */
export interface MatchRate {
  /**
   * `preview`: of a preview. `retro`: of the largest retro scan, if there is no preview of the
   * rule.
   */
  readonly from: 'preview' | 'retro';
  readonly scanId: string;
  readonly hits: number;
  /** At least 1. */
  readonly objects: number;
}

/** The evidence about a staged rule of the active ruleset. */
export interface StagedEvidence {
  /** `namespace:name`. */
  readonly rule: string;
  readonly logicHash: string;
  /** When it was staged with this logic, ISO 8601 in UTC. */
  readonly since: string;
  /** Days since then, fractional. */
  readonly soakedDays: number;
  /** In the corpus at that time. */
  readonly retro: MatchCounts;
  /** In objects that arrived since then. */
  readonly live: MatchCounts;
  /** False if there are more matches than are counted: the numbers are then lower limits. */
  readonly isWhole: boolean;
  /** Newest first. */
  readonly examples: readonly StagedExample[];
  /** Objects that arrived since the start of the day (UTC) on which it was staged. */
  readonly arrivedObjects: number;
  /** Null if nothing has been scanned with it yet. */
  readonly rate: MatchRate | null;
}
