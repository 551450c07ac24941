/** What a rule hit: contents (each SHA-256 once) and objects. */
export interface Hits {
  readonly contents: number;
  readonly objects: number;
}

/** A content that a staged rule matched. */
export interface StagedExample {
  readonly sha256: string;
  /** Of the object that it was found in first. */
  readonly filepath: string;
  /** ISO 8601 in UTC. */
  readonly firstSeenAt: string;
  readonly lastSeenAt: string;
  readonly objects: number;
}

/** What makes one expect so many hits: objects that were hit, of so many that were scanned. Both of the corpus as it lay there. */
export interface HitRate {
  /** `preview`: of a preview scan. `retro`: of the retro scan that scanned most, where there is no preview of the rule. */
  readonly from: 'preview' | 'retro';
  readonly scanId: string;
  readonly hits: number;
  /** At least 1. */
  readonly objects: number;
}

/** What is known of a staged rule in force. */
export interface StagedEvidence {
  /** `namespace:name`. */
  readonly rule: string;
  readonly logicHash: string;
  /** Since when it is staged with this logic, ISO 8601 in UTC. */
  readonly since: string;
  /** Days since then, with a fraction. */
  readonly soakedDays: number;
  /** In what lay there. */
  readonly retro: Hits;
  /** In what arrived since then. */
  readonly live: Hits;
  /** False where there are more matches than are counted: there are at least so many hits. */
  readonly isWhole: boolean;
  /** Newest first. */
  readonly examples: readonly StagedExample[];
  /** Objects that arrived since the beginning of the day (UTC) on which it was staged. */
  readonly arrivedObjects: number;
  /** Null where nothing was scanned with it yet. */
  readonly rate: HitRate | null;
}
