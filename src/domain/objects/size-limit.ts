/**
 * Handling of an object above the size limit: `skip` records it as skipped, `head` scans its first
 * bytes up to the limit.
 */
export const largeFilePolicies = ['skip', 'head'] as const;
export type LargeFiles = (typeof largeFilePolicies)[number];

/**
 * Maximum of `maxObjectBytes`: the engine has 32-bit addresses and accepts less than 2 GiB of
 * content.
 */
export const largestMaxObjectBytes = 2 ** 31 - 1;

/** Limit on the bytes of one object that are loaded and scanned. */
export interface SizeLimit {
  /** Bytes; at least 1 with `head`, and at most `largestMaxObjectBytes`. */
  readonly maxObjectBytes: number;
  readonly largeFiles: LargeFiles;
}

/**
 * Returns how many bytes of an object are scanned, from its start; null if it is skipped as too
 * large.
 */
export function bytesToScan(size: number, { maxObjectBytes, largeFiles }: SizeLimit): number | null {
  if (size <= maxObjectBytes) return size;
  return largeFiles === 'head' ? maxObjectBytes : null;
}
