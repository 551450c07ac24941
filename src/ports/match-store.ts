import type { Alert } from '../domain/alerts/alert.ts';
import type { ObjectRef } from '../domain/objects/object.ts';

/** A rule that matched an object in a scan. */
export interface MatchCandidate {
  /** The alert to send; the store decides its `reason`. */
  readonly alert: Omit<Alert, 'reason'>;
  /** True for staged rules: the match is recorded, nothing is sent. */
  readonly isStaged: boolean;
  /**
   * Ids of all rules of the ruleset that have the same logic. A stored match of equal logic whose
   * rule is *not* among them belongs to this rule under an earlier name. One whose rule is among
   * them belongs to a separate rule.
   */
  readonly sameLogicRules: readonly string[];
}

/** One (content, rule), and its state. */
export interface StoredMatch {
  readonly sha256: string;
  readonly ruleId: string;
  readonly logicHash: string;
  /** ISO 8601 in UTC. */
  readonly firstSeenAt: string;
  readonly lastSeenAt: string;
  /** Number of objects (keys) that had the content. */
  readonly objects: number;
  readonly isStaged: boolean;
  /** The alert of the first object. */
  readonly alert: Alert;
}

/** One object in which a match was found. */
export interface MatchedObject {
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
 * Matches (SHA-256, rule), the objects they were found in, and the alerts owed for them.
 *
 * An alert is owed once for each (content, rule, bucket and key), whatever the version of the
 * object. It is written here first, sent second, and marked last. A crash in between sends it
 * again, with the same id.
 */
export interface MatchStore {
  /**
   * Records the result of one scan of one object, and returns the alerts that are new and owed.
   * Durable when the promise resolves. Repeating it changes nothing. The same rule, or one of equal
   * logic under another name (see `sameLogicRules`), in the same content at the same key also
   * changes nothing.
   */
  record(candidates: readonly MatchCandidate[]): Promise<readonly Alert[]>;
  /** Alerts that are written and not marked as sent, oldest first. */
  pendingAlerts(options: { readonly limit: number }): Promise<readonly Alert[]>;
  markSent(alertIds: readonly string[]): Promise<void>;
  /** Newest first by `firstSeenAt`. `after` is the `next` of an earlier page. */
  list(options: {
    readonly filter: MatchFilter;
    readonly limit: number;
    readonly after?: string;
  }): Promise<{ readonly matches: readonly StoredMatch[]; readonly next: string | null }>;
  /**
   * The objects of one match, oldest first, at most `limit`; with `at`, only those of that bucket
   * and key, however many others there are.
   */
  matchedObjects(options: {
    readonly sha256: string;
    readonly ruleId: string;
    readonly limit: number;
    readonly at?: Pick<ObjectRef, 'bucket' | 'key'>;
  }): Promise<readonly MatchedObject[]>;
}
