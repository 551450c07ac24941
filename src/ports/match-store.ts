import type { Alert } from '../domain/alerts/alert.ts';
import type { ObjectRef } from '../domain/objects/object.ts';

/** A rule that matched an object, as a scan found it. */
export interface MatchCandidate {
  /** The alert as it would be sent, its `reason` to be decided by the store. */
  readonly alert: Omit<Alert, 'reason'>;
  /** True for staged rules: the match is recorded, nothing is sent. */
  readonly silent: boolean;
  /**
   * Ids of all rules of the ruleset that have the same logic. A stored match of equal logic whose rule is *not* among them is this
   * rule under an earlier name or place; one whose rule is among them is a rule of its own.
   */
  readonly sameLogicRules: readonly string[];
}

/** One (content, rule), and how it stands. */
export interface StoredMatch {
  readonly sha256: string;
  readonly ruleId: string;
  readonly logicHash: string;
  /** ISO 8601 in UTC. */
  readonly firstSeenAt: string;
  readonly lastSeenAt: string;
  /** Number of objects (keys) that had the content. */
  readonly objects: number;
  readonly silent: boolean;
  /** As found first. */
  readonly alert: Alert;
}

/** One object that a match was seen in. */
export interface Sighting {
  readonly alertId: string;
  readonly object: ObjectRef;
  readonly seenAt: string;
  readonly alertState: 'pending' | 'sent' | 'silent';
}

export interface MatchFilter {
  readonly ruleId?: string;
  readonly ruleName?: string;
  readonly sha256?: string;
  readonly scanId?: string;
  /** ISO 8601 in UTC, on `firstSeenAt`, inclusive. */
  readonly since?: string;
}

/**
 * Matches (SHA-256, rule), the objects they were seen in, and the alerts owed for them.
 *
 * An alert is owed once for each (content, rule, bucket and key), whatever the version of the object: written here first, sent second,
 * marked last. A crash in between sends it again, with the same id.
 */
export interface MatchStore {
  /**
   * Records what one scan of one object found. Durable when the promise resolves. Repeating it changes nothing: neither does finding the same rule, or
   * a rule of equal logic under another name (see `sameLogicRules`), in the same content at the same key again.
   * Answers the alerts that are new and owed.
   */
  record(candidates: readonly MatchCandidate[]): Promise<readonly Alert[]>;
  /** Alerts written and not marked as sent, oldest first. */
  pendingAlerts(options: { readonly limit: number }): Promise<readonly Alert[]>;
  markSent(alertIds: readonly string[]): Promise<void>;
  /** Newest first by `firstSeenAt`. `after` is the `next` of an earlier page. */
  list(options: {
    readonly filter: MatchFilter;
    readonly limit: number;
    readonly after?: string;
  }): Promise<{ readonly matches: readonly StoredMatch[]; readonly next: string | null }>;
  /** The objects of one match, oldest first, at most `limit`; with `at`, of that bucket and key alone, however many others there are. */
  sightings(options: {
    readonly sha256: string;
    readonly ruleId: string;
    readonly limit: number;
    readonly at?: Pick<ObjectRef, 'bucket' | 'key'>;
  }): Promise<readonly Sighting[]>;
}
