import fc from 'fast-check';
import { renderReview } from '../../../src/pull-requests/markdown/render-review.ts';
import { renderSection } from '../../../src/pull-requests/markdown/render-section.ts';
import { parseSection } from '../../../src/pull-requests/parse-section.ts';
import { defaultBase } from '../../../src/pull-requests/review.ts';
import { arbitrarySection, nastyTexts } from '../../../src/testing/github/arbitrary-section.ts';
import { readMarkdown } from '../../../src/testing/github/read-markdown.ts';
import { type FuzzTarget, require } from '../fuzz-target.ts';
import { readJson, textAt } from '../mutate/tree.ts';

const elements = new Set([
  ...[
    'h2',
    'h3',
    'p',
    'ul',
    'li',
    'table',
    'thead',
    'tbody',
    'tr',
    'th',
    'td',
    'details',
    'summary',
    'strong',
    'br',
    'code',
    'pre',
  ],
]);
const signs = /\u2705|\u274c|\u26a0\ufe0f/gu;
const ownText = /^[\p{L}\p{N}\s,.;:()'’%$+/…→–-]*$/u;
const review = {
  ...{ headSha: null, runUrl: null, runConclusion: null, missing: [], refused: [] },
  ...{ ownChecks: [], bases: defaultBase, areFilesKnown: true, isOfNoRules: false, isOutdated: false },
};

/** The output of a job is shown as text, in elements written by Rearview. */
export const target: FuzzTarget = {
  name: 'review-section',
  of: [
    'src/pull-requests/section.ts',
    'src/pull-requests/parse-section.ts',
    'src/pull-requests/markdown/render-section.ts',
  ],
  syntax: 'json',
  seeds: () => fc.sample(arbitrarySection, { numRuns: 40, seed: 1 }).map((section) => JSON.stringify(section)),
  words: [
    ...nastyTexts,
    'section',
    'verdict',
    'passed',
    'failed',
    'unknown',
    'left',
    'of',
    'omitted',
    'strings',
    'examples',
  ],
  run(input) {
    const json = readJson(input.toString());
    const named = (field: string): string => textAt(json, field);
    const kind = named('section');
    const section = parseSection(kind === 'left' ? named('of') : kind, input);
    if (typeof section === 'string') return 'refused';
    const rendered = renderReview({ ...review, sections: [section, section] }, 30_000);
    require(rendered.markdown.length <= 30_000, 'a review is as short as it must be');
    for (const markdown of [renderSection(section), rendered.markdown]) {
      const read = readMarkdown(markdown);
      require([...read.blocks].every((type) => type === 'html' || type === 'space'), 'all blocks are HTML');
      require([...read.elements].every((element) => elements.has(element)), 'all elements are our own');
      require(read.comments.length === 0, 'there is no comment');
      require(ownText.test(read.text.replace(signs, '')), 'text from outside is quoted');
    }
    return section.section;
  },
};
