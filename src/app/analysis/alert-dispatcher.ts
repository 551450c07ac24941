import type { Alert } from '../../domain/alerts/alert.ts';
import { messageOf } from '../../domain/errors.ts';
import type { AlertSink } from '../../ports/alert-sink.ts';
import type { MatchStore } from '../../ports/match-store.ts';
import type { Observe } from '../pipeline/events.ts';

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
  /** Sends owed alerts up to the first that cannot be sent. The rest stay owed. */
  stop(): Promise<void>;
}

/**
 * Sends one alert at a time, so that a crash repeats at most the one in flight: each goes to every
 * sink, and is then marked as sent. A sink that fails does not hold back the others; the alert
 * stays owed and goes to all sinks again after `retryMs`.
 */
export function createAlertDispatcher({
  matches,
  sinks,
  observe,
  retryMs = 5000,
}: {
  readonly matches: MatchStore;
  readonly sinks: readonly AlertSink[];
  readonly observe: Observe;
  /** Milliseconds. Default: 5,000. */
  readonly retryMs?: number;
}): AlertDispatcher {
  let running: Promise<number> | null = null;
  let isRequested = false;
  let stopping = false;
  let stopped = false;
  let retry: NodeJS.Timeout | undefined;
  /**
   * Sinks that took an alert that is not marked yet. This process does not send it to them again.
   */
  const taken = new Map<string, Set<string>>();

  const sendOne = async (alert: Alert): Promise<boolean> => {
    const takers = taken.get(alert.id) ?? new Set<string>();
    let delivered = true;
    for (const sink of sinks) {
      if (takers.has(sink.name)) continue;
      try {
        await sink.send(alert);
        takers.add(sink.name);
        observe({ type: 'alert_sent', alert, sink: sink.name });
      } catch (error) {
        delivered = false;
        observe({ type: 'alert_delayed', alert, sink: sink.name, error: messageOf(error) });
      }
    }
    taken.set(alert.id, takers);
    if (!delivered) return false;
    // If marking fails (a full disk), only the mark is retried: the sinks do not get the alert
    // again.
    await matches.markSent([alert.id]);
    taken.delete(alert.id);
    return true;
  };

  const sendAll = async (): Promise<number> => {
    let failed = 0;
    for (;;) {
      isRequested = false;
      // What failed stays at the head of the list: ask for enough to see past it.
      const owed = await matches.pendingAlerts({ limit: failed + pageSize });
      const failedBefore = failed;
      let sent = 0;
      for (const alert of owed.slice(failedBefore)) {
        if (stopped) return failed;
        if (await sendOne(alert)) sent += 1;
        else failed += 1;
        if (stopping && failed > 0) return failed;
      }
      if (sent === 0 && !isRequested) return failed;
    }
  };

  const run = (): Promise<number> => {
    isRequested = true;
    running ??= sendAll()
      .catch((error: unknown) => {
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
      if (alerts.length > 0 && !stopped) void run();
    },
    flush: () => run(),
    stop: async () => {
      stopping = true;
      clearTimeout(retry);
      await run();
      stopped = true;
    },
  };
}
