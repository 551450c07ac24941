/** The value of a text that is JSON; anything else unchanged, for a schema to describe what it expects. */
export function readJson(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}
