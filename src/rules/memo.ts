/**
 * Results of pure functions, remembered by everything that they depend on. Results and inputs are
 * JSON.
 */
export interface Memo {
  /** The result of `kind` for these inputs; undefined if it is not remembered. */
  get(kind: string, inputs: readonly unknown[]): unknown;
  put(kind: string, inputs: readonly unknown[], result: unknown): void;
}

/** Remembers nothing. */
export const noMemo: Memo = { get: () => undefined, put: () => undefined };

/**
 * Returns the remembered result of a pure function, or calls it and remembers what it returns.
 * @param kind names the function
 * @param inputs everything that the result depends on
 */
export function remembered<T>(memo: Memo, kind: string, inputs: readonly unknown[], compute: () => T): T {
  const known = memo.get(kind, inputs);
  // The memo returns what was put under the same kind and inputs.
  if (known !== undefined) return known as T;
  const result = compute();
  memo.put(kind, inputs, result);
  return result;
}

/** Like `remembered`, for a function that often returns the text unchanged: then it is not stored again. */
export function rememberedText(
  memo: Memo,
  kind: string,
  text: string,
  inputs: readonly unknown[],
  compute: () => string,
): string {
  const changed = remembered(memo, kind, [text, ...inputs], () => {
    const result = compute();
    return result === text ? null : result;
  });
  return changed ?? text;
}
