/**
 * Remembers the sinks that took an alert while another sink still owes it, across restarts. What it
 * has of an alert is dropped when the alert is marked as sent (`MatchStore.markSent`).
 */
export interface DeliveryLog {
  /** Names of the sinks that took each of these alerts. Alerts that no sink took are absent. */
  takers(alertIds: readonly string[]): Promise<ReadonlyMap<string, ReadonlySet<string>>>;
  /** Records that these sinks took the alert. Repeating it changes nothing. */
  recordTakers(alertId: string, sinks: readonly string[]): Promise<void>;
  /** Number of owed alerts that the sink has not taken. */
  undelivered(sink: string): Promise<number>;
}

/** Alerts that a sink has not taken. They are kept, and sent again. */
export interface Undelivered {
  readonly sink: string;
  /** At least 1. */
  readonly alerts: number;
  /** Present if they were not taken, or not noted as taken, because a disk is full. */
  readonly noSpace?: true;
}
