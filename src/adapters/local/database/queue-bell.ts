import type { Database } from './database.ts';

/** Wakes the receivers of a queue in this process, so that they need not wait for the next poll. */
export interface Bell {
  ring(db: Database, queue: string): void;
  /** Resolves at the next ring, after `timeoutMs`, or when the signal aborts. */
  wait(db: Database, queue: string, timeoutMs: number, signal: AbortSignal | undefined): Promise<void>;
}

/** Bells for all queues of all databases; those of a closed database are freed with it. */
export function createBell(): Bell {
  const waiting = new WeakMap<Database, Map<string, Set<() => void>>>();
  const waitersOf = (db: Database, queue: string): Set<() => void> => {
    const queues = waiting.get(db) ?? new Map<string, Set<() => void>>();
    waiting.set(db, queues);
    const waiters = queues.get(queue) ?? new Set();
    queues.set(queue, waiters);
    return waiters;
  };
  return {
    // Rung inside the transaction: waiters run after the caller, which is synchronous up to its
    // commit.
    ring(db, queue) {
      for (const wake of [...waitersOf(db, queue)]) wake();
    },
    wait: (db, queue, timeoutMs, signal) =>
      new Promise((resolve) => {
        const waiters = waitersOf(db, queue);
        const wake = () => {
          clearTimeout(timer);
          waiters.delete(wake);
          signal?.removeEventListener('abort', wake);
          resolve();
        };
        const timer = setTimeout(wake, timeoutMs);
        waiters.add(wake);
        signal?.addEventListener('abort', wake);
      }),
  };
}
