/** Waits for an answer, but no longer than a deadline. The answer may still come, to nobody. */
export async function within<T>(ms: number, answer: Promise<T>): Promise<T | 'timeout'> {
  const { promise: passed, resolve } = Promise.withResolvers<'timeout'>();
  // An answer may lie unread where this thread itself was late: the poll phase before `setImmediate` reads it first.
  const timer = setTimeout(() => setImmediate(resolve, 'timeout'), ms);
  try {
    return await Promise.race([answer, passed]);
  } finally {
    clearTimeout(timer);
  }
}
