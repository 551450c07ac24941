/** Folder of public rules, below the rules folder. Each folder in it has the rules of one source. */
export const vendorFolder = 'vendor/';

/** Returns whether a rule file, by its namespace, belongs to a public collection. */
export function isVendored(namespace: string): boolean {
  return namespace.startsWith(vendorFolder);
}
