/** Bounds the bytes that are held at once. */
export interface ByteBudget {
  /**
   * Waits until `bytes` more may be held, and returns a function that releases them. More than the
   * whole budget is admitted only while nothing else is held.
   */
  reserve(bytes: number): Promise<() => void>;
}

/** Part of a budget that grows with what is to be held. */
export interface Reservation {
  /**
   * Waits until this many bytes in total may be held. Those held so far are released first, so
   * nothing may use them during the wait.
   */
  hold(bytes: number): Promise<void>;
  /** Releases everything. */
  release(): void;
}

/** Creates a reservation that holds nothing yet. */
export function createReservation(budget: ByteBudget): Reservation {
  let held = 0;
  let giveBack = () => {};
  return {
    async hold(bytes) {
      if (bytes <= held) return;
      // Waiting for more with something in hand, two would wait for each other.
      giveBack();
      giveBack = await budget.reserve(bytes);
      held = bytes;
    },
    release: () => giveBack(),
  };
}

/** First come, first served, so that a large file is not starved by small ones. */
export function createByteBudget(maxBytes: number): ByteBudget {
  const waiting: { readonly bytes: number; readonly enter: () => void }[] = [];
  let held = 0;

  const admit = () => {
    for (
      let next = waiting[0];
      next !== undefined && (held === 0 || held + next.bytes <= maxBytes);
      next = waiting[0]
    ) {
      waiting.shift();
      held += next.bytes;
      next.enter();
    }
  };

  return {
    reserve: (bytes) =>
      new Promise((resolve) => {
        let returned = false;
        const giveBack = () => {
          if (returned) return;
          returned = true;
          held -= bytes;
          admit();
        };
        waiting.push({ bytes, enter: () => resolve(giveBack) });
        admit();
      }),
  };
}
