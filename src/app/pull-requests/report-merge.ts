import { RearviewError } from '../../domain/errors.ts';
import type { Scan } from '../../domain/scans/scan.ts';
import type { CodeHost } from '../../ports/code-host.ts';
import { endOf, type ScanReport } from '../../pull-requests/scan-report.ts';
import type { PublishedCommit } from '../rulesets/publish-ruleset.ts';
import type { RulesetLibrary } from '../rulesets/ruleset-library.ts';
import { findMergeScan } from '../scans/find-merge-scan.ts';
import { followScan, lastOf, watchScan } from '../scans/follow-scan.ts';
import { hasEnded } from '../scans/wait-for-scan.ts';
import { mergeReport, type ReportingTarget } from './merge-report.ts';
import type { ReportedScan } from './reported-scan.ts';
import { postScanComment } from './scan-comment.ts';

/** Events of the report on a merge. */
export type MergeEvent =
  /** No pull request brought the commit, so there is none to comment on. */
  | { readonly type: 'no-pull'; readonly commit: string }
  /** The first comment could not be posted. The next one may be. */
  | { readonly type: 'not-posted'; readonly error: RearviewError }
  | { readonly type: 'looked'; readonly scan: Scan }
  /** The last report, before it is posted. */
  | { readonly type: 'report'; readonly report: ScanReport };

export interface ReportMergeOptions {
  readonly commit: PublishedCommit;
  /** See `WatchOptions`. */
  readonly waitMs: number;
  readonly pollMs: number;
  readonly signal: AbortSignal;
  /** Renders the body of the comment, in Markdown. */
  readonly render: (report: ScanReport) => string;
  readonly observe: (event: MergeEvent) => Promise<void>;
}

/**
 * Waits for the scan of a merge and reports it on the pull requests that brought the commit. A
 * first comment is posted before the wait: if this process dies, `reportUnfinished` finds that
 * comment and updates it.
 * @throws RearviewError as `findMergeScan`, `CodeHost`
 */
export async function reportMerge(
  host: CodeHost,
  target: ReportingTarget & { readonly library: RulesetLibrary; readonly buckets: readonly string[] },
  { commit, waitMs, pollMs, signal, render, observe }: ReportMergeOptions,
): Promise<ReportedScan> {
  const { scans } = target.state;
  const { published, scan } = await findMergeScan({ library: target.library, scans, buckets: target.buckets }, commit);
  const pulls = (await host.pullsOfCommit(commit.sha)).filter(({ isMerged }) => isMerged);
  if (pulls.length === 0) await observe({ type: 'no-pull', commit: commit.sha });
  const reportOf = (chain: readonly [Scan, ...Scan[]]) =>
    mergeReport(target, { commit: commit.sha, published, chain, nowMs: Date.now() });
  const post = async (report: ScanReport) => {
    const posted: ReportedScan['comments'][number][] = [];
    for (const { number: pull } of pulls) {
      const { outcome, url } = await postScanComment(host, { pull, report, body: render(report) });
      posted.push({ pull, outcome, url });
    }
    return posted;
  };
  /** Posts the first report. If the host refuses it now, it may accept the one at the end. */
  const postFirst = async (begun: readonly [Scan, ...Scan[]]) => {
    try {
      return await post(await reportOf(begun));
    } catch (error) {
      if (!(error instanceof RearviewError)) throw error;
      await observe({ type: 'not-posted', error });
      return [];
    }
  };

  const begun = await followScan(scans, scan.id);
  const first = hasEnded(lastOf(begun)) ? [] : await postFirst(begun);
  const onLook = (each: Scan) => observe({ type: 'looked', scan: each });
  const report = await reportOf(await watchScan(scans, scan.id, { waitMs, pollMs, signal, onLook }));
  await observe({ type: 'report', report });
  const created = new Set(first.filter(({ outcome }) => outcome === 'created').map(({ pull }) => pull));
  const comments = (await post(report)).map((each) =>
    created.has(each.pull) ? { ...each, outcome: 'created' as const } : each,
  );
  return { report, comments, scan: endOf(report) };
}
