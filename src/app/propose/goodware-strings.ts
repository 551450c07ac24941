import type { RuleSource } from '../../domain/rulesets/rule.ts';
import { engineInfo } from '../../engine/module/engine-module.ts';
import { type DraftString, formatRule } from '../../rules/propose/rule-draft.ts';
import { rulesetId } from '../../rules/ruleset.ts';
import { type ScanFilesOptions, scanFiles } from '../files/scan-files.ts';

/** Strings, and how much goodware was searched for them. */
export interface GoodwareSearch {
  /** The strings that no file has, in their order. */
  readonly rare: readonly DraftString[];
  readonly files: number;
  readonly bytes: number;
  /** True if there were more files than the limit lets be read. */
  readonly isPartial: boolean;
}

export interface SearchGoodwareOptions
  extends Pick<ScanFilesOptions, 'files' | 'pool' | 'readAhead' | 'budget' | 'maxBytes'> {
  readonly strings: readonly DraftString[];
  /** Bytes after which the search ends. */
  readonly totalBytes: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (files: number, bytes: number) => void;
}

/** Searches goodware for strings, with the engine that will search for them later. */
export async function searchGoodware(options: SearchGoodwareOptions): Promise<GoodwareSearch> {
  const { strings, totalBytes, signal, onProgress, ...scan } = options;
  const sources: readonly RuleSource[] = [{ namespace: 'candidates', source: strings.map(candidateRule).join('') }];
  const enough = new AbortController();
  const found = new Set<number>();
  let files = 0;
  let bytes = 0;
  await scanFiles({
    ...scan,
    ruleset: { id: rulesetId(sources, engineInfo()), sources },
    largeFiles: 'head',
    unpack: null,
    signal: signal === undefined ? enough.signal : AbortSignal.any([enough.signal, signal]),
    report: async (report) => {
      if (report.status !== 'scanned') return;
      files += 1;
      bytes += report.scannedBytes ?? report.size;
      for (const { rule } of report.matches) found.add(Number(rule.slice(1)));
      onProgress?.(files, bytes);
      if (bytes >= totalBytes) enough.abort();
    },
  });
  const rare = strings.filter((_, at) => !found.has(at));
  return { rare, files, bytes, isPartial: enough.signal.aborted };
}

function candidateRule(each: DraftString, at: number): string {
  return formatRule({ name: `c${at}`, meta: [['n', '']], strings: [each], guards: [] });
}
