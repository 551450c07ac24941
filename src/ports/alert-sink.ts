import type { Alert } from '../domain/alerts/alert.ts';

/** A destination of alerts: a file, a webhook, a topic. */
export interface AlertSink {
  readonly name: string;
  /**
   * Resolves when the alert is delivered durably.
   * @throws RearviewError `ERR_ALERT_DELIVERY`: the alert stays owed and is sent again.
   * `ERR_UNAVAILABLE`: the same, and the destination did not respond, so others would not arrive
   * either. `ERR_STORAGE_FULL`: it stays owed, and there is no space for it
   */
  send(alert: Alert): Promise<void>;
}
