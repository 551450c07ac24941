/** What becomes of an object above the size limit: `skip` records it as skipped, `head` scans its first bytes, as many as the limit allows. */
export const largeFilePolicies = ['skip', 'head'] as const;
export type LargeFiles = (typeof largeFilePolicies)[number];

/** The most that `maxObjectBytes` can be: the engine has addresses of 32 bits, and takes no content of 2 GiB or more. */
export const largestMaxObjectBytes = 2 ** 31 - 1;

/** How much of one object is held and scanned. */
export interface SizeLimit {
  /** Bytes; at least 1 with `head`, and no more than `largestMaxObjectBytes`. */
  readonly maxObjectBytes: number;
  readonly largeFiles: LargeFiles;
}

/** How many bytes of an object are scanned, from its start; null where it is skipped as too large. */
export function bytesToScan(size: number, { maxObjectBytes, largeFiles }: SizeLimit): number | null {
  if (size <= maxObjectBytes) return size;
  return largeFiles === 'head' ? maxObjectBytes : null;
}
