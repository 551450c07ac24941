/** Milliseconds until a message that a process took and did not finish is received again. */
export const localVisibilityMs = 60_000;
