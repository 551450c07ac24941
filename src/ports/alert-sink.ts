import type { Alert } from '../domain/alerts/alert.ts';

/** Somewhere alerts go: a file, a webhook, a topic. */
export interface AlertSink {
  readonly name: string;
  /**
   * Resolves when the alert is delivered for good.
   * @throws RearviewError `ERR_ALERT_DELIVERY`; the alert stays owed and is tried again
   */
  send(alert: Alert): Promise<void>;
}
