import { pMapIterable } from 'p-map';

export interface ConcurrencyOptions {
  /** Items under way at once. */
  readonly concurrency: number;
  /**
   * Ends the work after the items under way, without an error. Also while it waits for the next
   * item.
   */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Works on items, several at once. It keeps nothing of them, so the items may be endless. It
 * returns after the items under way have ended, so that the caller may close what they use.
 * @param work receives a signal that aborts when an item fails or `options.signal` aborts
 * @throws the first error of `work` or of the iteration
 */
export async function forEachConcurrently<T>(
  items: AsyncIterable<T>,
  work: (item: T, signal: AbortSignal) => Promise<void>,
  options: ConcurrencyOptions,
): Promise<void> {
  const { concurrency } = options;
  const stop = new AbortController();
  const signal = options.signal === undefined ? stop.signal : AbortSignal.any([options.signal, stop.signal]);
  const underWay = new Set<Promise<void>>();
  const start = async (item: T) => {
    const running = work(item, signal);
    underWay.add(running);
    await running.finally(() => underWay.delete(running));
  };
  try {
    const ended = pMapIterable(untilAborted(items, signal), start, { concurrency, preserveOrder: false });
    for await (const _ of ended);
  } catch (error) {
    stop.abort();
    throw error;
  } finally {
    await Promise.allSettled(underWay);
  }
}

/** The items up to the moment that the signal aborts, even while the next one is awaited. */
function untilAborted<T>(items: AsyncIterable<T>, signal: AbortSignal): AsyncIterable<T> {
  const iterator = items[Symbol.asyncIterator]();
  const waiting = new Set<() => void>();
  const close = () => {
    for (const end of waiting) end();
    // Not awaited: the iterator may be in the middle of a pause.
    iterator.return?.()?.catch(() => undefined);
  };
  signal.addEventListener('abort', close, { once: true });
  // Not a race with one promise of the signal, which would keep every awaited item until the signal
  // aborts.
  const next = () =>
    new Promise<IteratorResult<T, unknown>>((resolve, reject) => {
      const end = () => resolve({ done: true, value: undefined });
      if (signal.aborted) return end();
      waiting.add(end);
      iterator
        .next()
        .then(resolve, reject)
        .finally(() => waiting.delete(end));
    });
  return { [Symbol.asyncIterator]: () => ({ next }) };
}
