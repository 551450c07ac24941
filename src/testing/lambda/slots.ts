/** Places for what runs at the same time. */
export interface Slots {
  /** True with a place, first come first served; false after `waitMs` (may be infinite), or when the signal is aborted. */
  acquire(waitMs: number): Promise<boolean>;
  release(): void;
}

/** Makes `count` places. Aborting the signal refuses all who wait or come. */
export function createSlots(count: number, signal: AbortSignal): Slots {
  let free = count;
  const waiting = new Set<(acquired: boolean) => void>();
  signal.addEventListener('abort', () => {
    for (const answer of waiting) answer(false);
  });
  return {
    async acquire(waitMs) {
      if (signal.aborted) return false;
      if (free > 0) {
        free -= 1;
        return true;
      }
      if (waitMs <= 0) return false;
      return new Promise<boolean>((resolve) => {
        const answer = (acquired: boolean) => {
          clearTimeout(timer);
          waiting.delete(answer);
          resolve(acquired);
        };
        // A timer cannot wait for ever: it would ring at once.
        const timer = Number.isFinite(waitMs) ? setTimeout(() => answer(false), waitMs) : undefined;
        waiting.add(answer);
      });
    },
    release() {
      const [next] = waiting;
      if (next === undefined) free += 1;
      else next(true);
    },
  };
}
