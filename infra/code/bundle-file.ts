/** A file of the deployed bundle. */
export interface BundleFile {
  /** Within the bundle, with `/`. */
  readonly path: string;
  readonly bytes: Uint8Array;
}

/**
 * Sorts files by code units, in every locale: the only order in which a bundle is written and
 * listed.
 */
export function inOrder(files: readonly BundleFile[]): readonly BundleFile[] {
  return files.toSorted((a, b) => (a.path < b.path ? -1 : 1));
}

/** Sum of the sizes, bytes. */
export function sizeOf(files: readonly BundleFile[]): number {
  return files.reduce((sum, { bytes }) => sum + bytes.length, 0);
}
