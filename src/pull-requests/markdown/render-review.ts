import { plural } from '../../domain/text/amounts.ts';
import { concludeReview, type ReviewConclusion } from '../conclude-review.ts';
import type { Review } from '../review.ts';
import { type ReviewSection, reviewSections } from '../section.ts';
import { details, list, renderBlocks, table } from './blocks.ts';
import { type Detail, detailSteps, type ReviewFacts } from './detail.ts';
import { code, type Html, html, link, nothing, words } from './html.ts';
import { sourceUrlOf } from './place-of.ts';
import { verdictSign } from './verdict-sign.ts';
import { viewSection } from './view-section.ts';

/** A review as it is posted. */
export interface RenderedReview {
  readonly conclusion: ReviewConclusion['conclusion'];
  /** One line of plain text, without any text from outside. */
  readonly title: string;
  /**
   * GitHub Flavored Markdown: a verdict and a table of the gates, with folded details below. Text
   * from outside is escaped.
   */
  readonly markdown: string;
}

type SectionName = ReviewSection['section'];

const order: readonly SectionName[] = reviewSections;

/** A part that was left out keeps its place. */
function placeInOrder(section: ReviewSection): number {
  return order.indexOf(section.section === 'left' ? section.of : section.section);
}

/**
 * Most names of files and artifacts that are shown: the author of the pull request chooses them.
 */
const maxNames = 10;

/**
 * Renders a review. If it is too long, its longest section is shown in less detail, step by step,
 * until it fits. Omissions are noted.
 * @param maxLength characters; at least 30,000
 */
export function renderReview(review: Review, maxLength: number): RenderedReview {
  const concluded = concludeReview(review);
  const title = titleOf(review, concluded);
  const sections = (review.bases.isRunKnown ? [...review.sections] : []).sort(
    (a, b) => placeInOrder(a) - placeInOrder(b),
  );
  const facts = { sections, sourceUrl: sourceUrlOf(review) };
  const shown = sections.map((section) => foldSection(section, 0, facts));
  for (;;) {
    // Sums first: rendering all to find out that it is too long takes long itself.
    const length = shown.reduce((sum, { folded }) => sum + folded.markup.length, 0);
    if (length <= maxLength) {
      const markdown = renderBlocks([
        ...viewTop(review, concluded, title, shown),
        ...shown.map(({ folded }) => folded),
      ]);
      if (markdown.length <= maxLength) return { conclusion: concluded.conclusion, title, markdown };
    }
    const longest = longestOf(shown);
    const section = shown[longest ?? -1];
    if (longest === undefined || section === undefined) {
      throw new RangeError(`The review does not fit into ${maxLength} characters.`);
    }
    shown[longest] = foldSection(section.section, section.step + 1, facts);
  }
}

interface ShownSection {
  readonly section: ReviewSection;
  /** Index in `detailSteps`. */
  readonly step: number;
  readonly row: readonly Html[];
  readonly folded: Html;
}

function foldSection(section: ReviewSection, step: number, facts: ReviewFacts): ShownSection {
  const detail: Detail = { ...(detailSteps[step] ?? { items: 0, text: 0 }), facts };
  const { title, line, blocks } = viewSection(section, detail);
  const sign = verdictSign(section.verdict);
  const isEmpty = blocks.every(({ markup }) => markup === '');
  const note = step === 0 ? nothing : html`<p>Shortened: the summary of the job has more.</p>`;
  return {
    section,
    step,
    row: [sign, title, line],
    folded: isEmpty ? nothing : details(html`${sign} <strong>${title}</strong>`, [note, ...blocks]),
  };
}

/** The longest section that can be shown in less detail. */
function longestOf(shown: readonly ShownSection[]): number | undefined {
  const shortenable = shown.flatMap(({ folded, step }, at) =>
    step + 1 < detailSteps.length ? [{ at, length: folded.markup.length }] : [],
  );
  return shortenable.sort((a, b) => b.length - a.length)[0]?.at;
}

function titleOf({ sections, missing, refused, bases }: Review, { reason }: ReviewConclusion): string {
  const failed = sections.filter(({ verdict }) => verdict === 'failed').length;
  const absent = missing.length + refused.length;
  switch (reason) {
    case 'passed':
      return 'All checks passed';
    case 'no-rules':
      return 'No rules are changed';
    case 'gate':
      return `${plural(failed, 'check')} failed${absent > 0 ? `, ${absent} did not report` : ''}`;
    case 'incomplete':
      return absent > 0 ? `${plural(absent, 'check')} did not report` : 'The checks did not complete';
    case 'base':
      if (bases.isRunKnown) return 'Nothing failed, but the commit has a pull request to another branch';
      return bases.others.length > 0
        ? 'The checks may come from another branch than the default branch'
        : 'The base was changed while the checks ran';
    case 'own-checks':
      return 'Nothing failed, but this pull request changes its own checks';
    case 'files-unknown':
      return 'Nothing failed, but its changed files are not known';
    case 'unknown':
      return 'Nothing failed, but some results are unknown';
  }
}

const conclusionSigns: Readonly<Record<ReviewConclusion['conclusion'], ReviewSection['verdict']>> = {
  success: 'passed',
  failure: 'failed',
  neutral: 'unknown',
};

function viewTop(
  review: Review,
  concluded: ReviewConclusion,
  title: string,
  shown: readonly ShownSection[],
): readonly Html[] {
  const { runUrl, runConclusion, headSha, ownChecks, isOutdated, bases } = review;
  const { missing, refused } = bases.isRunKnown ? review : { missing: [], refused: [] };
  const run = runUrl === null ? words('the run') : link(runUrl, words('the run'));
  const outdated = isOutdated ? words(' The pull request has a later commit.') : nothing;
  const unknown = verdictSign('failed');
  const absent = [
    ...missing.map((name) => [unknown, code(name), html`did not report: see ${run}`]),
    ...refused.map(({ name, reason }) => [unknown, code(name, 100), html`could not be read: ${code(reason, 200)}`]),
  ];
  const cut = absent.slice(0, maxNames);
  const rest = absent.length - cut.length;
  const ended =
    runConclusion === null || runConclusion === 'success' ? nothing : html`; it ended as ${code(runConclusion)}`;
  return [
    html`<h2>${verdictSign(conclusionSigns[concluded.conclusion])} ${words(title)}</h2>`,
    ...viewBases(bases),
    !bases.isRunKnown
      ? nothing
      : table(['', 'check', 'result'].map(words), [
          ...shown.map(({ row }) => row),
          ...cut,
          ...(rest > 0 ? [[unknown, nothing, html`${rest} more did not report`]] : []),
        ]),
    ownChecks.length === 0
      ? nothing
      : details(
          html`${verdictSign('unknown')} <strong>This pull request changes its own checks: the results come from changed code. Review that first.</strong>`,
          [list([...ownChecks.slice(0, maxNames).map((path) => code(path)), ...more(ownChecks.length - maxNames)])],
        ),
    headSha === null ? nothing : html`<p>Of commit ${code(headSha.slice(0, 12))}, by ${run}${ended}.${outdated}</p>`,
  ];
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
