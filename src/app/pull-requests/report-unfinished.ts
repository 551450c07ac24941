import { RearviewError } from '../../domain/errors.ts';
import type { Scan } from '../../domain/scans/scan.ts';
import type { CodeHost, FoundComment } from '../../ports/code-host.ts';
import { endOf, type ScanReport } from '../../pull-requests/scan-report.ts';
import { followScan, lastOf } from '../scans/follow-scan.ts';
import { hasEnded } from '../scans/wait-for-scan.ts';
import { mergeReport, type ReportingTarget } from './merge-report.ts';
import type { ReportedScan } from './reported-scan.ts';
import { isUnfinished, parseScanMark, postScanComment, type ScanMark, scanCommentKind } from './scan-comment.ts';

/** Events of updating comments. */
export type UnfinishedEvent =
  | { readonly type: 'unfinished'; readonly pull: number; readonly scan: Scan }
  /** The scan could not be read, or the comment not updated. The others are. */
  | { readonly type: 'problem'; readonly pull: number; readonly error: RearviewError }
  /** A report, before it is posted. */
  | { readonly type: 'report'; readonly report: ScanReport };

export interface ReportUnfinishedOptions {
  /** Only comments that were changed at or after this; ISO 8601. */
  readonly since: string;
  /** Renders the body of the comment, in Markdown. */
  readonly render: (report: ScanReport) => string;
  readonly observe: (event: UnfinishedEvent) => Promise<void>;
}

/**
 * Finds the comments whose scan had not finished, and reports the scans that have finished since.
 */
export async function reportUnfinished(
  host: CodeHost,
  target: ReportingTarget,
  options: ReportUnfinishedOptions,
): Promise<readonly ReportedScan[]> {
  const reported: ReportedScan[] = [];
  for (const comment of await host.listComments({ kind: scanCommentKind, since: options.since })) {
    const mark = parseScanMark(comment.values);
    if (mark === null || !isUnfinished(mark)) continue;
    try {
      const report = await update(host, target, options, { ...mark, pull: comment.pull });
      if (report !== null) reported.push(report);
    } catch (error) {
      if (!(error instanceof RearviewError)) throw error;
      await options.observe({ type: 'problem', pull: comment.pull, error });
    }
  }
  return reported;
}

async function update(
  host: CodeHost,
  target: ReportingTarget,
  { render, observe }: ReportUnfinishedOptions,
  { pull, commit, laterCommit, scanId }: ScanMark & Pick<FoundComment, 'pull'>,
): Promise<ReportedScan | null> {
  const chain = await followScan(target.state.scans, scanId);
  const last = lastOf(chain);
  if (!hasEnded(last)) {
    await observe({ type: 'unfinished', pull, scan: last });
    return null;
  }
  const published = { rulesetId: chain[0].rulesetId, commit: laterCommit ?? commit };
  const report = await mergeReport(target, { commit, published, chain, nowMs: Date.now() });
  await observe({ type: 'report', report });
  const { outcome, url } = await postScanComment(host, { pull, report, body: render(report) });
  return { report, scan: endOf(report), comments: [{ pull, outcome, url }] };
}
