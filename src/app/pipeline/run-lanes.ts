export interface LaneOptions {
  /** Items under way at once. */
  readonly concurrency: number;
  /** Ends the work after the items under way, without an error. Also when it waits for the next item. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Works through items, several at once. Keeps nothing of them, so that there may be no end of items; and does not end before the items under way have
 * ended, so that what they use may be closed then.
 * @param work its signal comes when an item has failed, or `options.signal` did
 * @throws what the first `work` or the iteration threw
 */
export async function runLanes<T>(
  items: AsyncIterable<T>,
  work: (item: T, signal: AbortSignal) => Promise<void>,
  options: LaneOptions,
): Promise<void> {
  const stop = new AbortController();
  const signal = options.signal === undefined ? stop.signal : AbortSignal.any([options.signal, stop.signal]);
  const iterator = items[Symbol.asyncIterator]();
  // Not a race with one promise of the signal: that would keep every item waited for until the signal comes.
  const waiting = new Set<() => void>();
  signal.addEventListener('abort', () => waiting.forEach((wake) => void wake()), { once: true });
  const nextItem = () =>
    new Promise<IteratorResult<T, unknown> | null>((resolve, reject) => {
      const wake = () => resolve(null);
      waiting.add(wake);
      iterator
        .next()
        .then(resolve, reject)
        .finally(() => waiting.delete(wake));
    });
  const failures: unknown[] = [];
  const lane = async () => {
    try {
      while (!signal.aborted) {
        const next = await nextItem();
        if (next === null || next.done === true) return;
        await work(next.value, signal);
      }
    } catch (error) {
      failures.push(error);
      stop.abort();
    }
  };
  await Promise.all(Array.from({ length: options.concurrency }, lane));
  // Not waited for: it may be in the midst of a pause.
  if (signal.aborted) iterator.return?.()?.catch(() => undefined);
  if (failures.length > 0) throw failures[0];
}
