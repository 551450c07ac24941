/** Bounds the bytes that are held at once. */
export interface ByteBudget {
  /** Waits until `bytes` more may be held; the answer gives them back. What is larger than the whole budget is let in alone. */
  reserve(bytes: number): Promise<() => void>;
}

/** Part of a budget that grows with what is to be held. */
export interface Reservation {
  /** Waits until so many bytes may be held, those held so far included. Nothing of them may be held while this waits: they are given back first. */
  hold(bytes: number): Promise<void>;
  /** Gives back everything. */
  release(): void;
}

/** Holds nothing at first. */
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
