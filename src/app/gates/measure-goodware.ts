import { createHash } from 'node:crypto';
import type { RuleEntry } from '../../domain/rulesets/rule.ts';
import type { Ruleset } from '../../domain/rulesets/ruleset.ts';
import type { ScanPool } from '../../engine/types.ts';
import { createHashClaims } from '../../gates/hash-claims.ts';
import type { GoodwareMemory, MeasuredRule } from '../../ports/goodware-memory.ts';
import { type GoodwareResult, ruleReasons } from '../../pull-requests/goodware-section.ts';
import { subsetRuleset } from '../../rules/ruleset.ts';
import { isVendored } from '../../rules/vendored.ts';
import { type FilePool, type ListedFile, scanFiles } from '../files/scan-files.ts';
import { createGoodwareTally } from './goodware-tally.ts';
import { createPublicTally, publicMatches } from './public-goodware.ts';
import { type ScanGoodwareOptions, scanGoodware } from './scan-goodware.ts';

export interface MeasureGoodwareOptions extends Omit<ScanGoodwareOptions, 'ruleset' | 'files' | 'onScanned' | 'pool'> {
  readonly pool: Pick<ScanPool, 'scan' | 'workers' | 'warm'>;
  /** The rules, and what they depend on. */
  readonly ruleset: Ruleset;
  /** Lists the files; called again if they are read twice. */
  readonly listFiles: () => AsyncIterable<ListedFile>;
  /**
   * Results of public rules that need not be measured again. Null measures all of them: the paths
   * and bytes of the files are not all that rules may depend on.
   */
  readonly memory: GoodwareMemory | null;
  /** Whatever else affects matches: absolute roots, limits. Part of the name of the set. */
  readonly setting: readonly string[];
}

/**
 * Scans goodware with the rules whose results are not known yet. Rules outside of `vendor/` are
 * always scanned with: their exceptions and hashes are looked at again. Public rules are measured
 * once for each state of the files.
 * @throws RearviewError `ERR_RULES_INVALID` when the ruleset does not compile; `ERR_CONFIG` when
 *   results cannot be remembered
 */
export async function measureGoodware(options: MeasureGoodwareOptions): Promise<GoodwareResult> {
  const { rules, memory, exceptions, nowMs } = options;
  const own = rules.filter(({ namespace }) => !isVendored(namespace));
  const foreign = rules.filter(({ namespace }) => isVendored(namespace));
  if (foreign.length === 0) return scanWith(options, { own, due: [] }, () => undefined);
  const looked = memory !== null && (await memory.hasAny()) ? await lookUp(options, memory) : null;
  const known = looked?.known ?? new Map<string, MeasuredRule>();
  const due = foreign.filter(({ logicHash }) => !known.has(logicHash));
  const tally = createPublicTally(due);
  const digest = createSetDigest(options.setting);
  const result =
    looked !== null && own.length + due.length === 0
      ? looked.result
      : await scanWith(options, { own, due }, (report) => {
          digest.add(report);
          tally.add(report);
        });
  const measured = tally.end();
  const name = digest.end();
  if (memory !== null && due.length > 0 && options.signal?.aborted !== true && isWhole(result)) {
    await memory.add(name, measured);
  }
  // Files that changed in between were scanned with the due rules, and not with the known ones.
  const isSame = looked === null || own.length + due.length === 0 || looked.name === name || !isWhole(result);
  if (!isSame) return measureGoodware({ ...options, memory: null });
  const found = publicMatches(foreign, { measured: new Map([...known, ...measured]), exceptions, nowMs });
  return {
    ...result,
    used: new Set([...result.used, ...found.used]),
    public: { rules: foreign.length, remembered: foreign.length - due.length, matching: found.rules },
  };
}

type Scanned = Parameters<NonNullable<ScanGoodwareOptions['onScanned']>>[0];

async function scanWith(
  { ruleset, listFiles, ...options }: MeasureGoodwareOptions,
  { own, due }: { readonly own: readonly RuleEntry[]; readonly due: readonly RuleEntry[] },
  onScanned: (report: Scanned) => void,
): Promise<GoodwareResult> {
  const wanted = subsetRuleset(ruleset, new Set([...own, ...due].map(({ logicHash }) => logicHash)));
  await options.pool.warm(wanted);
  return scanGoodware({ ...options, rules: own, ruleset: wanted, files: listFiles(), onScanned });
}

/** Reads the files, and looks up what is remembered of them. */
async function lookUp(options: MeasureGoodwareOptions, memory: GoodwareMemory) {
  const { roots, nowMs, onProgress } = options;
  const digest = createSetDigest(options.setting);
  const tally = createGoodwareTally({ rules: [], exceptions: [], roots, claims: createHashClaims([]), nowMs });
  await scanFiles({
    ...options,
    ...{
      files: options.listFiles(),
      ruleset: options.ruleset,
      pool: hashOnly(options.pool),
      largeFiles: 'skip',
      unpack: null,
    },
    report: async (report) => {
      if (report.status === 'scanned') digest.add(report);
      tally.add(report);
      onProgress(tally.progress());
    },
  });
  const name = digest.end();
  return { name, known: await memory.read(name), result: tally.end() };
}

/** Hashes files and matches nothing. */
function hashOnly(pool: FilePool): FilePool {
  return {
    workers: pool.workers,
    scan: async ({ bytes }) => ({
      ...{ status: 'scanned', size: bytes.length, md5: '', matches: [], engineMs: 0 },
      sha256: createHash('sha256').update(bytes).digest('hex'),
    }),
  };
}

/** Names a set of files by their paths and bytes, in whatever order they come. */
function createSetDigest(setting: readonly string[]) {
  const files: string[] = [];
  return {
    add({ path, sha256 }: Scanned): void {
      files.push(`${sha256} ${path}`);
    },
    end: () =>
      createHash('sha256')
        .update(JSON.stringify([1, setting, files.sort()]))
        .digest('hex'),
  };
}

/** Whether every file that could be read was scanned to its end, in every root. */
function isWhole({ bytes, incomplete, unscanned }: GoodwareResult): boolean {
  return bytes > 0 && incomplete.length === 0 && !ruleReasons.some((reason) => unscanned.has(reason));
}
