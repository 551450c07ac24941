import type { Alert } from '../../domain/alerts/alert.ts';
import { hasCode, messageOf } from '../../domain/errors.ts';
import type { AlertSink } from '../../ports/alert-sink.ts';
import type { DeliveryLog } from '../../ports/delivery-log.ts';
import type { Observe } from '../pipeline/events.ts';

/** Takes alerts to each sink once, in passes over what is owed. */
export interface Delivery {
  /** Begins a pass: sinks that did not respond in the last one are tried again. */
  begin(): void;
  /** Reads which sinks took these alerts before a restart. */
  withTakers(alerts: readonly Alert[]): Promise<readonly Alert[]>;
  /** Sends the alert to the sinks that have not taken it. Returns whether all have it now. */
  send(alert: Alert): Promise<boolean>;
  /**
   * Sends the alerts to which a sink did not respond, last of all: one that makes a sink hang does
   * not hold back the others. Returns those that all sinks have now.
   */
  sendUnanswered(): Promise<readonly Alert[]>;
  /** The alert is marked as sent. */
  forget(alert: Alert): void;
  /** Sinks that had no space for an alert in this pass. */
  readonly full: ReadonlySet<string>;
}

export function createDelivery({
  deliveries,
  sinks,
  observe,
}: {
  readonly deliveries: DeliveryLog;
  readonly sinks: readonly AlertSink[];
  readonly observe: Observe;
}): Delivery {
  /**
   * Sinks that took an alert that is not marked yet. Also kept if marking fails (a full disk): then
   * only the mark is tried again.
   */
  const taken = new Map<string, Set<string>>();
  /** Sinks that did not respond in this pass: each further alert could take as long. */
  const resting = new Set<string>();
  const full = new Set<string>();
  /** Alerts to which sinks did not respond, by id, the longest ago first. */
  const unanswered = new Map<string, { readonly alert: Alert; readonly sinks: ReadonlySet<string> }>();

  const offer = async (alert: Alert, { isLast = false } = {}): Promise<boolean> => {
    const takers = taken.get(alert.id) ?? new Set<string>();
    const before = takers.size;
    const silent = unanswered.get(alert.id)?.sinks ?? new Set<string>();
    for (const sink of sinks) {
      if (takers.has(sink.name) || resting.has(sink.name)) continue;
      if (silent.has(sink.name) && !isLast) continue;
      try {
        await sink.send(alert);
        takers.add(sink.name);
        observe({ type: 'alert_sent', alert, sink: sink.name });
      } catch (error) {
        if (hasCode(error, 'ERR_UNAVAILABLE')) {
          resting.add(sink.name);
          unanswered.delete(alert.id);
          unanswered.set(alert.id, { alert, sinks: new Set([...silent, sink.name]) });
        }
        if (hasCode(error, 'ERR_STORAGE_FULL')) full.add(sink.name);
        observe({ type: 'alert_delayed', alert, sink: sink.name, error: messageOf(error) });
      }
    }
    taken.set(alert.id, takers);
    if (sinks.every(({ name }) => takers.has(name))) return true;
    if (takers.size > before) await deliveries.recordTakers(alert.id, [...takers]);
    return false;
  };

  return {
    full,
    begin() {
      resting.clear();
      full.clear();
    },
    async withTakers(alerts) {
      const unknown = alerts.filter(({ id }) => !taken.has(id)).map(({ id }) => id);
      for (const [id, names] of await deliveries.takers(unknown)) taken.set(id, new Set(names));
      return alerts;
    },
    send: (alert) => offer(alert),
    async sendUnanswered() {
      const delivered: Alert[] = [];
      for (const { alert } of [...unanswered.values()]) {
        if (await offer(alert, { isLast: true })) delivered.push(alert);
      }
      return delivered;
    },
    forget({ id }) {
      taken.delete(id);
      unanswered.delete(id);
    },
  };
}
