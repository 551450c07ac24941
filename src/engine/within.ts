/** Waits for a result, but no longer than a deadline. A later result is ignored. */
export function within<T>(ms: number, answer: Promise<T>): Promise<T | 'timeout'> {
  return withinEach(ms, () => answer);
}

/**
 * Like `within`, for a result of several steps: each has the whole deadline. `ask` calls `goOn`
 * after each step.
 */
export async function withinEach<T>(ms: number, ask: (goOn: () => void) => Promise<T>): Promise<T | 'timeout'> {
  const { promise: passed, resolve } = Promise.withResolvers<'timeout'>();
  let timer: NodeJS.Timeout | undefined;
  let steps = 0;
  const start = (): void => {
    clearTimeout(timer);
    steps += 1;
    const step = steps;
    // A result may be unread because this thread itself was late: the poll phase before
    // `setImmediate` reads it first.
    timer = setTimeout(() => setImmediate(() => step === steps && resolve('timeout')), ms);
  };
  start();
  try {
    return await Promise.race([ask(start), passed]);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Waits for a result of many steps, as long as it advances. It gives up after one to two deadlines
 * without a step.
 * @param steps number of steps that were begun
 */
export async function withinSteps<T>(ms: number, steps: () => number, answer: Promise<T>): Promise<T | 'timeout'> {
  const { promise: passed, resolve } = Promise.withResolvers<'timeout'>();
  let last = steps();
  const timer = setInterval(() => {
    const now = steps();
    // As above, a result that arrived meanwhile is read first.
    if (now === last) setImmediate(() => resolve('timeout'));
    last = now;
  }, ms);
  try {
    return await Promise.race([answer, passed]);
  } finally {
    clearInterval(timer);
  }
}
