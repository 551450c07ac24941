/** Pages that are checked only once they were rewritten. */
export const pendingPages: ReadonlySet<string> = new Set(['rules/README.md']);
