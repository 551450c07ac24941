import type { RuleEntry } from '../../domain/rulesets/rule.ts';
import type { PrintedText, ScannableRuleset } from '../../engine/types.ts';
import type { GoodwareException } from '../../gates/goodware-exceptions.ts';
import { createHashClaims } from '../../gates/hash-claims.ts';
import type { GoodwareResult } from '../../pull-requests/goodware-section.ts';
import { type FileReport, type ScanFilesOptions, scanFiles } from '../files/scan-files.ts';
import { createGoodwareTally, type GoodwareProgress } from './goodware-tally.ts';
import { scanNamedSamples } from './scan-named-samples.ts';

export interface ScanGoodwareOptions
  extends Pick<ScanFilesOptions, 'files' | 'pool' | 'readAhead' | 'budget' | 'maxBytes' | 'unpack' | 'signal'> {
  /** The rules, and what they depend on. */
  readonly ruleset: ScannableRuleset;
  /** Rules whose matches count. */
  readonly rules: readonly RuleEntry[];
  readonly exceptions: readonly GoodwareException[];
  /** Roots of the files, as their paths begin. */
  readonly roots: readonly string[];
  /** Folder of the rule tests: their samples are compared with the hashes that the rules name. */
  readonly testsDir: string;
  /** Unix time in milliseconds. */
  readonly nowMs: number;
  /** Takes each file that was scanned, with the matches of all rules. */
  readonly onScanned?: (report: FileReport & { readonly status: 'scanned' }) => void;
  /** Takes what rules printed while they scanned a file. Default: it is dropped. */
  readonly onPrinted?: (path: string, printed: PrintedText) => void;
  /** Called after each file. */
  readonly onProgress: (progress: GoodwareProgress) => void;
}

/**
 * Scans goodware: every match needs an explanation. Each file counts once, as scanned or with the
 * reason why not.
 * @throws RearviewError `ERR_RULES_INVALID` when the ruleset does not compile
 */
export async function scanGoodware(options: ScanGoodwareOptions): Promise<GoodwareResult> {
  const { rules, exceptions, roots, nowMs, onProgress, onPrinted, onScanned, ...scan } = options;
  const claims = createHashClaims(rules);
  const tally = createGoodwareTally({ rules, exceptions, roots, claims, nowMs });
  await scanNamedSamples({ ...scan, claims });
  await scanFiles({
    ...scan,
    largeFiles: 'skip',
    sha1: claims.algorithms.has('sha1'),
    report: async (report) => {
      if (report.printed !== undefined) onPrinted?.(report.path, report.printed);
      tally.add(report);
      if (report.status === 'scanned') onScanned?.(report);
      onProgress(tally.progress());
    },
  });
  return tally.end();
}
