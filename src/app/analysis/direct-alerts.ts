import pMap from 'p-map';
import type { Alert } from '../../domain/alerts/alert.ts';
import { messageOf } from '../../domain/errors.ts';
import type { AlertSink } from '../../ports/alert-sink.ts';
import type { MatchStore } from '../../ports/match-store.ts';
import type { Observe } from '../pipeline/events.ts';
import type { AlertDispatcher } from './alert-dispatcher.ts';

const alertsAtOnce = 8;
const pageSize = 100;

/**
 * Sends alerts where many processes find them: each sends its own at once, and marks them; what it
 * could not send, or died before it marked, is sent by the next `flush` of any process, once it is
 * older than `graceMs`. So no process sends what another is about to send.
 */
export function createDirectAlerts({
  matches,
  sinks,
  observe,
  now,
  graceMs = 120_000,
}: {
  readonly matches: MatchStore;
  readonly sinks: readonly AlertSink[];
  readonly observe: Observe;
  readonly now: () => number;
  /** Milliseconds; longer than it takes to send an alert, retries included. Default: 120,000. */
  readonly graceMs?: number;
}): AlertDispatcher {
  const send = async (alert: Alert): Promise<boolean> => {
    const results = await pMap(sinks, async (sink) => {
      try {
        await sink.send(alert);
        observe({ type: 'alert_sent', alert, sink: sink.name });
        return true;
      } catch (error) {
        observe({ type: 'alert_delayed', alert, sink: sink.name, error: messageOf(error) });
        return false;
      }
    });
    return results.every(Boolean);
  };
  /** Returns how many could not be sent. */
  const deliver = async (alerts: readonly Alert[]): Promise<number> => {
    const sent = await pMap(alerts, async (alert) => ((await send(alert)) ? [alert.id] : []), {
      concurrency: alertsAtOnce,
    });
    const ids = sent.flat();
    if (ids.length > 0) await matches.markSent(ids);
    return alerts.length - ids.length;
  };

  return {
    async owe(alerts) {
      // They are durable: what goes wrong here delays them, and must not fail the object.
      await deliver(alerts).catch((error: unknown) =>
        observe({ type: 'problem', where: 'alerts', message: messageOf(error) }),
      );
    },
    async flush() {
      const before = new Date(now() - graceMs).toISOString();
      for (let failed = 0; ; ) {
        // What failed stays at the head of the list: ask for enough to see past it.
        const owed = await matches.pendingAlerts({ limit: failed + pageSize });
        const due = owed.slice(failed).filter(({ at }) => at < before);
        if (due.length === 0) return failed;
        failed += await deliver(due);
      }
    },
    stop: async () => [],
  };
}
