import type { Alert } from '../../domain/alerts/alert.ts';
import { hasCode, messageOf } from '../../domain/errors.ts';
import type { AlertSink } from '../../ports/alert-sink.ts';
import type { DeliveryLog, Undelivered } from '../../ports/delivery-log.ts';
import type { MatchStore } from '../../ports/match-store.ts';
import type { Observe } from '../pipeline/events.ts';
import { createDelivery } from './deliver-alerts.ts';

const pageSize = 100;

/** Sends alerts that the match store owes. */
export interface AlertDispatcher {
  /**
   * Sends alerts that were just recorded. They are already durable: it may resolve before they are
   * sent.
   */
  owe(alerts: readonly Alert[]): Promise<void>;
  /** Sends all alerts that are owed now. Returns how many could not be sent. */
  flush(): Promise<number>;
  /** Sends owed alerts once more, and returns those that stay owed, by sink. */
  stop(): Promise<readonly Undelivered[]>;
}

/**
 * Sends one alert at a time, so that a crash repeats at most the one in flight: each goes to every
 * sink, and is then marked as sent. A sink that fails does not hold back the others; the alert
 * stays owed and goes to the sinks that have not taken it, every `retryMs` and after a restart.
 */
export function createAlertDispatcher({
  matches,
  deliveries,
  sinks,
  observe,
  retryMs = 5000,
}: {
  readonly matches: MatchStore;
  readonly deliveries: DeliveryLog;
  readonly sinks: readonly AlertSink[];
  readonly observe: Observe;
  /** Milliseconds. Default: 5,000. */
  readonly retryMs?: number;
}): AlertDispatcher {
  const delivery = createDelivery({ deliveries, sinks, observe });
  let running: Promise<number> | null = null;
  let isRequested = false;
  let stopping = false;
  /** Whether the last pass ended for lack of space in the state. */
  let isFull = false;
  let retry: NodeJS.Timeout | undefined;

  const mark = async (alert: Alert) => {
    await matches.markSent([alert.id]);
    delivery.forget(alert);
  };

  const sendAll = async (): Promise<number> => {
    delivery.begin();
    let failed = 0;
    for (;;) {
      isRequested = false;
      // What failed stays at the head of the list: ask for enough to see past it.
      const owed = (await matches.pendingAlerts({ limit: failed + pageSize })).slice(failed);
      let sent = 0;
      for (const alert of await delivery.withTakers(owed)) {
        if (!(await delivery.send(alert))) failed += 1;
        else {
          await mark(alert);
          sent += 1;
        }
      }
      if (sent > 0 || isRequested || owed.length === pageSize) continue;
      for (const alert of await delivery.sendUnanswered()) {
        await mark(alert);
        failed -= 1;
      }
      if (!isRequested) return failed;
    }
  };

  const run = (): Promise<number> => {
    isRequested = true;
    isFull = false;
    running ??= sendAll()
      .catch((error: unknown) => {
        isFull = hasCode(error, 'ERR_STORAGE_FULL');
        observe({ type: 'problem', where: 'alerts', message: messageOf(error) });
        return 1;
      })
      .then((failed) => {
        running = null;
        clearTimeout(retry);
        if (failed > 0 && !stopping) retry = setTimeout(() => void run(), retryMs).unref();
        return failed;
      });
    return running;
  };

  return {
    owe: async (alerts) => {
      if (alerts.length > 0 && !stopping) void run();
    },
    flush: () => run(),
    async stop() {
      stopping = true;
      clearTimeout(retry);
      await run();
      const counts = sinks.map(async ({ name }) => ({
        ...{ sink: name, alerts: await deliveries.undelivered(name) },
        ...(isFull || delivery.full.has(name) ? { noSpace: true as const } : {}),
      }));
      return (await Promise.all(counts)).filter(({ alerts }) => alerts > 0);
    },
  };
}
