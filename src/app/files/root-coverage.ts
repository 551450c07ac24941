/** Records which of the roots were scanned. */
export interface RootCoverage {
  /** Takes a file that was scanned. */
  add(file: { readonly path: string; readonly size: number }): void;
  /**
   * Takes the path of a file that could not be scanned, or of a root that could not be listed
   * completely.
   */
  miss(path: string): void;
  /** Roots without a scanned byte, or that were not listed completely, in their order. */
  incomplete(): readonly string[];
}

/** @param roots as the paths of their files begin, with or without a slash at the end */
export function createRootCoverage(roots: readonly string[]): RootCoverage {
  const left = new Set(roots);
  const cut = new Set<string>();
  // The longest first: what lies behind a root that is a link is of that root, not of the one whose
  // name stands before it.
  const prefixes = roots
    .map((root) => ({ root, prefix: root.endsWith('/') ? root : `${root}/` }))
    .toSorted((a, b) => b.prefix.length - a.prefix.length);
  return {
    add({ path, size }) {
      if (size === 0 || left.size === 0) return;
      const found = prefixes.find(({ root, prefix }) => path === root || path.startsWith(prefix));
      if (found !== undefined) left.delete(found.root);
    },
    miss(path) {
      if (roots.includes(path)) cut.add(path);
    },
    incomplete: () => roots.filter((root) => left.has(root) || cut.has(root)),
  };
}
