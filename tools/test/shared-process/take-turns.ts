/** Turns of test files: only one of them runs tests at a time. */
export interface Turns {
  /** Resolves as soon as no other file runs tests. */
  enter(file: string): Promise<void> | undefined;
  /** Ends a test that entered. */
  leave(): void;
}

/**
 * AVA starts all tests of a process at once. Turns keep the load and the deadlines of a test the
 * same as in a process of its own. Nothing is counted in advance: a test that AVA never starts
 * blocks no other.
 */
export function takeTurns(): Turns {
  const waiting = new Map<string, (() => void)[]>();
  let active: string | undefined;
  let running = 0;
  return {
    enter(file) {
      active ??= file;
      if (active === file) {
        running += 1;
        return;
      }
      const { promise, resolve } = Promise.withResolvers<void>();
      waiting.set(file, [...(waiting.get(file) ?? []), resolve]);
      return promise;
    },
    leave() {
      running -= 1;
      if (running > 0) return;
      const [next, starts] = waiting.entries().next().value ?? [undefined, []];
      active = next;
      running = starts.length;
      if (next !== undefined) waiting.delete(next);
      for (const start of starts) start();
    },
  };
}
