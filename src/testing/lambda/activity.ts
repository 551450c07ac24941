/** Work in progress, so that a test can wait for its end and show what is left. */
export interface Activity {
  /** Returns a function to call at the end of the work. */
  begin(what: string): () => void;
  list(): readonly string[];
  /** Grows with every beginning and end. */
  readonly changes: number;
}

export function createActivity(): Activity {
  const under = new Set<{ readonly what: string; readonly since: number }>();
  let changes = 0;
  return {
    begin(what) {
      const entry = { what, since: performance.now() };
      under.add(entry);
      changes += 1;
      return () => {
        if (under.delete(entry)) changes += 1;
      };
    },
    list: () => [...under].map(({ what, since }) => `${what} (since ${Math.round(performance.now() - since)} ms)`),
    get changes() {
      return changes;
    },
  };
}
