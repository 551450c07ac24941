/** Folder of the rules of all sources, below the rules folder. */
export const vendorFolder = 'vendor';

/** Returns whether a rule file, by its namespace, belongs to a public collection. */
export function isVendored(namespace: string): boolean {
  return namespace.startsWith(`${vendorFolder}/`);
}

/** Returns the folder of the collection below `vendor/` that a vendored file belongs to. */
export function collectionOf(namespace: string): string {
  return namespace.split('/')[1] ?? '';
}
