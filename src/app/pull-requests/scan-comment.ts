import type { CommentMarker } from '../../domain/pull-requests/comment-marker.ts';
import { commitPattern } from '../../domain/rulesets/commit.ts';
import { finalStates, type ScanState } from '../../domain/scans/scan.ts';
import type { CodeHost, CommentRequest, PostedComment } from '../../ports/code-host.ts';
import { endOf, type ScanReport } from '../../pull-requests/scan-report.ts';
import { isRetroId } from '../scans/retro-scans.ts';

/** Kind of the comment that reports the scan of a merge. */
export const scanCommentKind = 'scan';

/** The marker of the comment: enough for any later process to update it. */
export interface ScanMark {
  readonly commit: string;
  /** The first scan: scans that took over are found from it. */
  readonly scanId: string;
  readonly state: string;
  /** See `ScanReport`. */
  readonly laterCommit: string | null;
}

/** Reads the values of a marker; null if Rearview did not write them. */
export function parseScanMark({ commit, scan, state, later }: CommentMarker['values']): ScanMark | null {
  if (commit === undefined || scan === undefined || state === undefined) return null;
  if (!commitPattern.test(commit) || !isRetroId(scan) || (later !== undefined && !commitPattern.test(later)))
    return null;
  return { commit, scanId: scan, state, laterCommit: later ?? null };
}

/** Whether the comment needs an update: its scan had not finished. */
export function isUnfinished({ state }: Pick<ScanMark, 'state'>): boolean {
  return !finalStates.some((each) => each === state);
}

/**
 * Posts the comment in place of the existing one. It stays if it has the end of the same scan, or
 * if another scan of the same merge has completed: this scan can then only find that nothing is
 * left to do.
 * @throws RearviewError as `CodeHost`
 */
export function postScanComment(
  host: Pick<CodeHost, 'upsertComment'>,
  { pull, report, body }: { readonly pull: number; readonly report: ScanReport; readonly body: string },
): Promise<PostedComment> {
  return host.upsertComment({ ...{ pull, body, marker: markerOf(report) }, mayReplace: mayReplaceBy(report) });
}

function markerOf({ commit, laterCommit, scans }: ScanReport): CommentMarker {
  const values = { commit, scan: scans[0]?.id ?? '', state: endOf({ scans }).state };
  return { kind: scanCommentKind, values: laterCommit === null ? values : { ...values, later: laterCommit } };
}

function mayReplaceBy(report: ScanReport): NonNullable<CommentRequest['mayReplace']> {
  const { state } = endOf(report);
  const [first] = report.scans;
  return (values) => {
    const standing = parseScanMark(values);
    if (standing === null || isUnfinished(standing)) return true;
    if (standing.scanId === first?.id) return !isUnfinished({ state });
    return !(standing.commit === report.commit && isCompleted(standing.state));
  };
}

function isCompleted(state: string): boolean {
  const completed: ScanState = 'completed';
  return state === completed;
}
