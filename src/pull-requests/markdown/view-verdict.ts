import type { ReviewConclusion } from '../conclude-review.ts';
import type { Review } from '../review.ts';
import type { ReviewSection } from '../section.ts';
import { details, list } from './blocks.ts';
import { code, type Html, html, link, nothing, words } from './html.ts';
import { verdictSign } from './verdict-sign.ts';

/**
 * Most names of files and artifacts that are shown: the author of the pull request chooses them.
 */
const maxNames = 10;

const conclusionSigns: Readonly<Record<ReviewConclusion['conclusion'], ReviewSection['verdict']>> = {
  success: 'passed',
  failure: 'failed',
  neutral: 'unknown',
};

/**
 * The top of a review: its conclusion, why it may not be trusted, and why it fails.
 * @param reasons those of its sections
 */
export function viewVerdict(
  review: Review,
  concluded: ReviewConclusion,
  title: string,
  reasons: readonly Html[],
): readonly Html[] {
  const { ownChecks, bases } = review;
  return [
    html`<h2>${verdictSign(conclusionSigns[concluded.conclusion])} ${words(title)}</h2>`,
    ...viewBases(bases),
    ownChecks.length === 0
      ? nothing
      : details(
          html`${verdictSign('unknown')} <strong>This pull request changes its own checks: the results come from changed code. Review that first.</strong>`,
          [list([...ownChecks.slice(0, maxNames).map((path) => code(path)), ...more(ownChecks.length - maxNames)])],
        ),
    list([...reasons, ...viewAbsent(review)]),
  ];
}

/** The sections that did not arrive, or could not be read. */
function viewAbsent(review: Review): readonly Html[] {
  const { missing, refused, bases } = review;
  if (!bases.isRunKnown) return [];
  const sign = verdictSign('failed');
  const absent = [
    ...missing.map((name) => html`${sign} ${code(name)} did not report: see ${viewRun(review)}`),
    ...refused.map(({ name, reason }) => html`${sign} ${code(name, 100)} could not be read: ${code(reason, 200)}`),
  ];
  const rest = absent.length - maxNames;
  return [...absent.slice(0, maxNames), ...(rest > 0 ? [html`${sign} ${rest} more did not report`] : [])];
}

/** The commit that a review is about, and the run that checked it. */
export function viewCommit(review: Review): Html {
  const { headSha, runConclusion, isOutdated } = review;
  if (headSha === null) return nothing;
  const outdated = isOutdated ? words(' The pull request has a later commit.') : nothing;
  const ended =
    runConclusion === null || runConclusion === 'success' ? nothing : html`; it ended as ${code(runConclusion)}`;
  return html`<p>Of commit ${code(headSha.slice(0, 12))}, by ${viewRun(review)}${ended}.${outdated}</p>`;
}

function viewRun({ runUrl }: Review): Html {
  return runUrl === null ? words('the run') : link(runUrl, words('the run'));
}

/** Explains why the base makes the checks untrusted. */
function viewBases({ others, haveChanged, isRunKnown }: Review['bases']): readonly Html[] {
  if (others.length === 0 && !haveChanged) return [];
  const named = [...others.slice(0, maxNames).map((branch) => code(branch, 100)), ...more(others.length - maxNames)];
  const why =
    others.length > 0
      ? html`<p>An open pull request of this commit has, or had when the run started, another base than the default branch:</p>`
      : html`<p>The base of this pull request was changed after the run started, or shortly before.</p>`;
  const what = isRunKnown
    ? html`<p>A check run belongs to the commit: close that pull request, then run the checks again.</p>`
    : html`<p>The checks may come from the other branch, so their results are not shown. Keep only pull requests to the default branch for this commit. Then push, or close and reopen the pull request.</p>`;
  return [why, others.length > 0 ? list(named) : nothing, what];
}

function more(count: number): readonly Html[] {
  return count > 0 ? [html`${count} more`] : [];
}
