import { formatMarker } from '../../domain/pull-requests/comment-marker.ts';
import type { WorkflowRun } from '../../domain/pull-requests/workflow-run.ts';
import type { CheckRunRequest, CodeHost, PostedCheckRun, PostedComment } from '../../ports/code-host.ts';
import { renderReview } from '../../pull-requests/markdown/render-review.ts';
import type { Review } from '../../pull-requests/review.ts';
import type { RunReviews } from './review-run.ts';

/** Name of the check run, which the rules of a branch may require. */
const checkName = 'Rearview';

/** The posted comment, or the reason why there is none. */
export type PostEvent =
  | {
      readonly type: 'check-run';
      readonly outcome: PostedCheckRun['outcome'];
      readonly conclusion: CheckRunRequest['conclusion'];
      readonly headSha: string;
    }
  | { readonly type: 'comment'; readonly outcome: PostedComment['outcome']; readonly url: string }
  /** No rules are changed, and there is no earlier comment to replace. */
  | { readonly type: 'no-rules' }
  /** `pull`: the number of a pull request that is closed. */
  | { readonly type: 'no-pull'; readonly pull: number | null; readonly isRunKnown: boolean };

/** Posts reviews: the check run first, since it can block the merge, then the comments. */
export async function postReviews(
  host: CodeHost,
  { run, pull, review, infrastructure }: RunReviews,
  observe: (event: PostEvent) => Promise<void>,
): Promise<void> {
  if (review !== null) await observe(await postCheckRun(host, run, review));
  if (pull === null || !pull.isOpen) {
    return observe({ type: 'no-pull', pull: pull?.number ?? null, isRunKnown: review?.bases.isRunKnown !== false });
  }
  const comments = [
    { kind: 'review', review },
    { kind: 'infrastructure', review: infrastructure },
  ] as const;
  for (const { kind, review: each } of comments) {
    if (each !== null) await observe(await postComment(host, pull.number, { run, kind, review: each }));
  }
}

async function postCheckRun(host: CodeHost, run: WorkflowRun, review: Review): Promise<PostEvent> {
  const { conclusion, title, markdown } = renderReview(review, host.maxCheckSummaryLength);
  const { outcome } = await host.upsertCheckRun({
    ...{ name: checkName, headSha: run.headSha, conclusion, title, summary: markdown, detailsUrl: run.url },
    ...{ run: run.number, isUnclear: !review.bases.isRunKnown },
  });
  return { type: 'check-run', outcome, conclusion, headSha: run.headSha };
}

/**
 * Posts a review in place of the one of an earlier run, never of a later one. If no rules are
 * changed it only replaces an earlier comment.
 */
async function postComment(
  host: CodeHost,
  pull: number,
  { run, kind, review }: { readonly run: WorkflowRun; readonly kind: string; readonly review: Review },
): Promise<PostEvent> {
  if (review.isOfNoRules && !(await host.hasComment(pull, kind))) return { type: 'no-rules' };
  const values = { head: run.headSha, run: String(run.number), attempt: String(run.attempt) };
  const marker = { kind, values };
  const { markdown } = renderReview(review, host.maxCommentLength - formatMarker(marker).length - 1);
  const mayReplace = (before: Readonly<Record<string, string>>) => !isLater(before, run);
  const { outcome, url } = await host.upsertComment({ pull, marker, body: markdown, mayReplace });
  return { type: 'comment', outcome, url };
}

/** Whether a comment is of a later run, or of a later attempt of the same run. */
function isLater(before: Readonly<Record<string, string>>, run: WorkflowRun): boolean {
  const [number, attempt] = [Number(before['run']), Number(before['attempt'])];
  return number > run.number || (number === run.number && attempt > run.attempt);
}
