/** Which of the roots that were to be scanned something was scanned of. */
export interface RootCoverage {
  /** Takes a file that was scanned. */
  add(file: { readonly path: string; readonly size: number }): void;
  /** Roots of which no byte was scanned, in their order. */
  untouched(): readonly string[];
}

/** @param roots as the paths of their files begin, with or without a slash at the end */
export function createRootCoverage(roots: readonly string[]): RootCoverage {
  const left = new Set(roots);
  // The longest first: what lies behind a root that is a link is of that root, not of the one whose name stands before it.
  const prefixes = roots
    .map((root) => ({ root, prefix: root.endsWith('/') ? root : `${root}/` }))
    .toSorted((a, b) => b.prefix.length - a.prefix.length);
  return {
    add({ path, size }) {
      if (size === 0 || left.size === 0) return;
      const found = prefixes.find(({ root, prefix }) => path === root || path.startsWith(prefix));
      if (found !== undefined) left.delete(found.root);
    },
    untouched: () => [...left],
  };
}
