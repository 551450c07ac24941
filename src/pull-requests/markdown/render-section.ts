import type { ReviewSection } from '../section.ts';
import { renderBlocks } from './blocks.ts';
import { detailSteps } from './detail.ts';
import { html } from './html.ts';
import { verdictSign } from './verdict-sign.ts';
import { viewSection } from './view-section.ts';

/**
 * Characters. The summary of a job takes 1 MiB of each step, of characters that are one byte for
 * the most part.
 */
const maxSummaryLength = 500_000;

/**
 * A section as GitHub Flavored Markdown, headline first: for the summary of a job. Text from
 * outside is escaped. Has as much detail as fits.
 * @param maxLength characters
 */
export function renderSection(section: ReviewSection, maxLength = maxSummaryLength): string {
  for (const step of detailSteps) {
    const { title, line, blocks } = viewSection(section, { ...step, lead: 0 });
    const headline = [html`<h3>${verdictSign(section.verdict)} ${title}</h3>`, html`<p>${line}</p>`];
    const text = renderBlocks([...headline, ...blocks]);
    if (text.length <= maxLength) return text;
  }
  throw new RangeError(`A section of a review does not fit into ${maxLength} characters.`);
}
