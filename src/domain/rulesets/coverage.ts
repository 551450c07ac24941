import { bytesToScan, type SizeLimit } from '../objects/size-limit.ts';
import type { Outcome } from '../scans/outcome.ts';

/**
 * Coverage of an object: the logic that has been applied to it. An element is a logic hash if all
 * bytes were scanned, and `<hash>@<bytes>` if only the first bytes were. Therefore an object
 * scanned in part is due again when the size limit is raised.
 */
export type Coverage = readonly string[];

/** Returns the coverage that an outcome adds. */
export function coverageOf(logic: readonly string[], outcome: Outcome): Coverage {
  if (outcome.status !== 'scanned') return [];
  const { scannedBytes } = outcome;
  return scannedBytes === undefined ? logic : logic.map((hash) => `${hash}@${scannedBytes}`);
}

/**
 * Returns the logic hashes that need not be applied to an object again. They were applied to at
 * least the bytes that would be scanned now.
 * @param size bytes of the object
 */
export function coveredLogic(coverage: Coverage, size: number, limit: SizeLimit): ReadonlySet<string> {
  const needed = bytesToScan(size, limit) ?? 0;
  return new Set(
    coverage.flatMap((each) => {
      const [hash = '', bytes] = each.split('@');
      return bytes === undefined || Number(bytes) >= needed ? [hash] : [];
    }),
  );
}
