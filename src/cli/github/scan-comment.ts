import type { CommentMarker } from '../../adapters/github/comment-marker.ts';
import { type CommentRequest, type PostedComment, upsertComment } from '../../adapters/github/comments.ts';
import type { GithubClient } from '../../adapters/github/github-client.ts';
import { isRetroId } from '../../app/scans/retro-scans.ts';
import { commitPattern } from '../../domain/rulesets/commit.ts';
import { finalStates, type ScanState } from '../../domain/scans/scan.ts';
import { endOf, type ScanReport } from '../../pull-requests/scan-report.ts';

/** Of the comment that says what a merge did. */
export const scanCommentKind = 'scan';

/** What a comment says of itself: enough to bring it up to date, whoever does. */
export interface ScanMark {
  readonly commit: string;
  /** Where the scan began: those that took over are found from it. */
  readonly scanId: string;
  readonly state: string;
  /** As in `ScanReport`. */
  readonly laterCommit: string | null;
}

/** Reads what the marker of a comment says; null where it is not what we write. */
export function parseScanMark({ commit, scan, state, later }: CommentMarker['values']): ScanMark | null {
  if (commit === undefined || scan === undefined || state === undefined) return null;
  if (!commitPattern.test(commit) || !isRetroId(scan) || (later !== undefined && !commitPattern.test(later)))
    return null;
  return { commit, scanId: scan, state, laterCommit: later ?? null };
}

/** Whether there is more to be said: the scan had not ended. */
export function isUnfinished({ state }: Pick<ScanMark, 'state'>): boolean {
  return !finalStates.some((each) => each === state);
}

/**
 * Puts the comment on a pull request, in place of the one that stands there; but not where that says more: that this scan has ended, or that another has
 * completed for the same merge, of which this one can but find all done.
 * @throws RearviewError as `GithubClient`
 */
export function postScanComment(
  client: GithubClient,
  { pull, report, body }: { readonly pull: number; readonly report: ScanReport; readonly body: string },
): Promise<PostedComment> {
  return upsertComment(client, { ...{ pull, body, marker: markerOf(report) }, mayReplace: mayReplaceBy(report) });
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
