import { isOpenedWith, openedAs } from '../inside/opened.ts';
import type { ScanLimits } from '../inside/scan-limits.ts';
import { bytesToScan } from '../objects/size-limit.ts';
import type { Outcome } from '../scans/outcome.ts';

/**
 * Coverage of an object: the logic that has been applied to it. An element is
 * `<hash>[@<bytes>][+<opened>]`: a logic hash, with `@` the number of bytes if only the first ones
 * were scanned, and with `+` how the object was opened (`openedAs`). Therefore an object scanned in
 * part is due again when the size limit is raised, and one that was not opened, or could be opened
 * better, when its members are to be scanned.
 */
export type Coverage = readonly string[];

/** Returns the coverage that an outcome under these limits adds. */
export function coverageOf(
  logic: readonly string[],
  outcome: Outcome,
  { unpack }: Pick<ScanLimits, 'unpack'>,
): Coverage {
  if (outcome.status !== 'scanned') return [];
  const { scannedBytes, inside = null } = outcome;
  const part = scannedBytes === undefined ? '' : `@${scannedBytes}`;
  const suffix = unpack === null ? part : `${part}+${openedAs(inside, unpack)}`;
  return suffix === '' ? logic : withSuffix(logic, suffix);
}

/** Consecutive objects have the very same array, which stores make use of. */
const made = new WeakMap<readonly string[], Map<string, Coverage>>();
/** Most texts kept for one logic. */
const maxMade = 64;

function withSuffix(logic: readonly string[], suffix: string): Coverage {
  const bySuffix = made.get(logic) ?? new Map<string, Coverage>();
  made.set(logic, bySuffix);
  let coverage = bySuffix.get(suffix);
  if (coverage === undefined) {
    if (bySuffix.size >= maxMade) bySuffix.clear();
    coverage = logic.map((hash) => hash + suffix);
    bySuffix.set(suffix, coverage);
  }
  return coverage;
}

/**
 * Returns the logic hashes that need not be applied to an object again. They were applied to at
 * least the bytes that would be scanned now, and to all members that would be opened now.
 * @param size bytes of the object
 */
export function coveredLogic(coverage: Coverage, size: number, limits: ScanLimits): ReadonlySet<string> {
  const needed = bytesToScan(size, limits) ?? 0;
  const { unpack } = limits;
  const verdicts = new Map<string, boolean>();
  const covered = new Set<string>();
  for (const each of coverage) {
    const end = each.search(/[@+]/);
    const suffix = end === -1 ? '' : each.slice(end);
    let isCovered = verdicts.get(suffix);
    if (isCovered === undefined) {
      const [, bytes, opened] = /^(?:@(\d+))?(?:\+(.*))?$/.exec(suffix) ?? [];
      const isWhole = bytes === undefined || Number(bytes) >= needed;
      isCovered = isWhole && (unpack === null || (opened !== undefined && isOpenedWith(opened, unpack)));
      verdicts.set(suffix, isCovered);
    }
    if (isCovered) covered.add(end === -1 ? each : each.slice(0, end));
  }
  return covered;
}
