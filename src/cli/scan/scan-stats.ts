import type { FileReport } from '../../app/files/scan-files.ts';
import { formatBytes, formatCount, formatDuration, plural } from '../output/output.ts';

/** Output of `scan --stats`. Times in milliseconds. */
export interface ScanStatsJson {
  /** Results in all: scanned, skipped and failed. */
  readonly files: number;
  /** Bytes that were scanned: of the files that were, or of their first parts. */
  readonly bytes: number;
  /** Rules that matched, over all files. */
  readonly matches: number;
  readonly failed: number;
  readonly skipped: number;
  /** Files that a pattern of --exclude leaves out; no part of `files`. */
  readonly excluded: number;
  /** Loading and compiling the rules, starting the workers included. */
  readonly loadMs: number;
  readonly scanMs: number;
  readonly wallMs: number;
}

/** Adds up an ad-hoc scan. The clock starts now. */
export function createScanStats(clock: () => number) {
  const startedMs = clock();
  let loadedMs = startedMs;
  const sums = { files: 0, bytes: 0, matches: 0, failed: 0, skipped: 0, excluded: 0 };
  let matching = 0;
  let inPart = 0;
  return {
    loaded() {
      loadedMs = clock();
    },
    exclude() {
      sums.excluded += 1;
    },
    add(report: FileReport) {
      sums.files += 1;
      if (report.status !== 'scanned') {
        sums[report.status] += 1;
        return;
      }
      sums.bytes += report.scannedBytes ?? report.size;
      if (report.scannedBytes !== undefined) inPart += 1;
      sums.matches += report.matches.length;
      if (report.matches.length > 0) matching += 1;
    },
    end(): { readonly json: ScanStatsJson; readonly text: string } {
      const endMs = clock();
      const { files, bytes, matches, failed, skipped, excluded } = sums;
      const scanMs = endMs - loadedMs;
      const rate = scanMs > 0 ? ` at ${(bytes / 1000 / scanMs).toFixed(1)} MB/s` : '';
      const text = `${plural(files, 'file')}: ${formatCount(files - failed - skipped)} scanned${inPart === 0 ? '' : `, ${formatCount(inPart)} of them in part`} (${formatBytes(bytes)} in ${formatDuration(scanMs)}${rate}), ${formatCount(matching)} matched by ${plural(matches, 'rule match', 'rule matches')}, ${formatCount(skipped)} skipped, ${formatCount(failed)} failed${excluded === 0 ? '' : `; ${formatCount(excluded)} excluded`}`;
      const round = (ms: number) => Math.round(ms * 10) / 10;
      return {
        json: { ...sums, loadMs: round(loadedMs - startedMs), scanMs: round(scanMs), wallMs: round(endMs - startedMs) },
        text,
      };
    },
  };
}
