import { maxCheckSummaryLength, upsertCheckRun } from '../../adapters/github/check-runs.ts';
import { formatMarker } from '../../adapters/github/comment-marker.ts';
import { hasComment, maxCommentLength, upsertComment } from '../../adapters/github/comments.ts';
import type { GithubClient } from '../../adapters/github/github-client.ts';
import type { Pull } from '../../adapters/github/pulls.ts';
import { renderReview } from '../../pull-requests/markdown/render-review.ts';
import type { Review } from '../../pull-requests/review.ts';
import type { WorkflowRun } from './workflow-run.ts';

/** Of the check run: what the rules of a branch may require. */
const checkName = 'Rearview';

export interface ReviewToPost {
  readonly run: WorkflowRun;
  readonly kind: 'review' | 'infrastructure';
  readonly review: Review;
}

/**
 * Says on the commit of a run how its review ended. Needs `checks: write`.
 * @returns what was done, in a sentence
 */
export async function postCheckRun(client: GithubClient, { run, review }: ReviewToPost): Promise<string> {
  const { conclusion, title, markdown } = renderReview(review, maxCheckSummaryLength);
  const { outcome } = await upsertCheckRun(client, {
    ...{
      name: checkName,
      headSha: run.headSha,
      conclusion,
      title,
      summary: markdown,
      detailsUrl: run.url,
      run: run.number,
      isUnclear: !review.bases.isRunKnown,
    },
  });
  if (outcome === 'left') return `check run: that of another run stays on ${run.headSha}`;
  return `check run: ${conclusion} on ${run.headSha}`;
}

/**
 * Puts the review on the pull request, in place of the one of an earlier run, never of a later. One of no rules does but replace what an earlier commit was told.
 * Needs `pull-requests: write`.
 * @returns what was done, in a sentence
 */
export async function postComment(
  client: GithubClient,
  pull: Pull,
  { run, kind, review }: ReviewToPost,
): Promise<string> {
  if (review.isOfNoRules && !(await hasComment(client, pull.number, kind)))
    return 'comment: none, for no rules are changed';
  const values = { head: run.headSha, run: String(run.number), attempt: String(run.attempt) };
  const marker = { kind, values };
  const { markdown } = renderReview(review, maxCommentLength - formatMarker(marker).length - 1);
  const { outcome, url } = await upsertComment(client, {
    ...{ pull: pull.number, marker, body: markdown },
    mayReplace: (before) => !isLater(before, run),
  });
  if (outcome === 'left') return `comment: that of a later run stays: ${url}`;
  return `comment: ${outcome}: ${url}`;
}

/** Whether a comment is of a later run, or a later attempt of the same. */
function isLater(before: Readonly<Record<string, string>>, run: WorkflowRun): boolean {
  const [number, attempt] = [Number(before['run']), Number(before['attempt'])];
  return number > run.number || (number === run.number && attempt > run.attempt);
}
