import { concludeReview, type ReviewConclusion } from '../conclude-review.ts';
import type { Review } from '../review.ts';
import { type ReviewSection, reviewSections } from '../section.ts';
import { details, renderBlocks } from './blocks.ts';
import { type Detail, detailSteps, type ReviewFacts } from './detail.ts';
import { type Html, html, nothing, words } from './html.ts';
import { sourceUrlOf } from './place-of.ts';
import { factsOf } from './review-facts.ts';
import { titleOf } from './title-of.ts';
import { verdictSign } from './verdict-sign.ts';
import { viewSection } from './view-section.ts';
import { viewCommit, viewVerdict } from './view-verdict.ts';

/** A review as it is posted. */
export interface RenderedReview {
  readonly conclusion: ReviewConclusion['conclusion'];
  /** One line of plain text, without any text from outside. */
  readonly title: string;
  /**
   * GitHub Flavored Markdown: the verdict and its reasons, removed detection, the failed gates and
   * the changed rules; everything else is folded. Text from outside is escaped.
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
  const facts = factsOf(sections, sourceUrlOf(review));
  const shown = sections.map((section) => showSection(section, 0, facts));
  for (;;) {
    // Sums first: rendering all to find out that it is too long takes long itself.
    if (shown.reduce((sum, { length }) => sum + length, 0) <= maxLength) {
      const reasons = shown.flatMap((each) => each.reasons);
      // What is changed is less urgent than what fails.
      const leads = shown.toSorted((a, b) => Number(isOfChanges(a)) - Number(isOfChanges(b)));
      const markdown = renderBlocks([
        ...viewVerdict(review, concluded, title, reasons),
        ...shown.flatMap(({ first }) => first),
        ...leads.flatMap(({ lead }) => lead),
        ...shown.map(({ folded }) => folded),
        viewCommit(review),
      ]);
      if (markdown.length <= maxLength) return { conclusion: concluded.conclusion, title, markdown };
    }
    const longest = longestOf(shown);
    const section = shown[longest ?? -1];
    if (longest === undefined || section === undefined) {
      throw new RangeError(`The review does not fit into ${maxLength} characters.`);
    }
    shown[longest] = showSection(section.section, section.step + 1, facts);
  }
}

const shortenedText = 'Shortened: the summary of the job has more.';

/** The parts of a section, at their places in the review. */
interface ShownSection {
  readonly section: ReviewSection;
  /** Index in `detailSteps`. */
  readonly step: number;
  /** Entries of the list below the verdict. Empty if the section passed. */
  readonly reasons: readonly Html[];
  readonly first: readonly Html[];
  readonly lead: readonly Html[];
  readonly folded: Html;
  /** Characters of all parts. */
  readonly length: number;
}

function isOfChanges({ section }: ShownSection): boolean {
  return section.section === 'diff';
}

function showSection(section: ReviewSection, step: number, facts: ReviewFacts): ShownSection {
  const detail: Detail = { ...(detailSteps[step] ?? { items: 0, text: 0, lead: 0 }), facts };
  const { title, line, blocks, reasons = [], lead = [], first = [] } = viewSection(section, detail);
  const hasFailed = section.verdict === 'failed';
  const sign = verdictSign(section.verdict);
  const head = html`${sign} <strong>${title}</strong>`;
  const shortened = step === 0 ? nothing : html`<p>${words(shortenedText)}</p>`;
  // In the least detail, it is a line at one of its two places.
  const isLine = detail.items === 0 || blocks.every(({ markup }) => markup === '');
  const text = detail.items === 0 ? html`${line}. ${words(shortenedText)}` : line;
  const headline = hasFailed ? html`<h3>${sign} ${title}</h3>` : nothing;
  const seen = lead.filter(({ markup }) => markup !== '');
  const isPassed = section.verdict === 'passed';
  const parts = {
    reasons: isPassed
      ? []
      : (hasFailed && reasons.length > 0 ? reasons : [text]).map((reason) => html`${head}: ${reason}`),
    first,
    lead: seen.length === 0 ? [] : [headline, ...seen],
    folded: !isLine
      ? details(html`${head}: ${line}`, [shortened, ...blocks])
      : isPassed
        ? html`<p>${head}: ${text}</p>`
        : nothing,
  };
  const all = [...parts.reasons, ...parts.first, ...parts.lead, parts.folded];
  return { section, step, ...parts, length: all.reduce((sum, { markup }) => sum + markup.length, 0) };
}

/** The longest section that can be shown in less detail. */
function longestOf(shown: readonly ShownSection[]): number | undefined {
  const shortenable = shown.flatMap(({ length, step }, at) => (step + 1 < detailSteps.length ? [{ at, length }] : []));
  return shortenable.sort((a, b) => b.length - a.length)[0]?.at;
}
