import { plural } from '../../domain/text/amounts.ts';
import type { SectionOf } from '../section.ts';
import { list, table } from './blocks.ts';
import { type Detail, leftOut, moreBelow, reasonsOf, shownOf, splitLead } from './detail.ts';
import { code, html, nothing, words } from './html.ts';
import { placeOf } from './place-of.ts';
import { ruleName } from './review-facts.ts';
import type { SectionView } from './section-view.ts';

/** Results of the tests of the rules. */
export function viewTests(section: SectionOf<'tests'>, detail: Detail): SectionView {
  const { passed, failed, untested, failures, omitted } = section;
  const [lead, folded] = splitLead(failures, detail, section.verdict);
  const tableOf = (some: typeof lead) =>
    table(
      ['rule and test', 'what'].map(words),
      shownOf(some, detail).map((each) => [
        html`${code(each.rule)}<br>${code(each.test)}`,
        html`${placeOf(each, detail)}<br>${code(each.message, detail.text)}`,
      ]),
    );
  const lacking = untested.length === 0 ? '' : `; ${plural(untested.length, 'rule')} without both tests`;
  return {
    title: words('Tests of the rules'),
    line: words(`${formatPassed(passed)}, ${plural(failed, 'failed', 'failed')}${lacking}`),
    reasons: [
      ...reasonsOf(failures, detail, (each) => html`${ruleName(each.rule, detail)}, test ${code(each.test, 100)}`),
      ...reasonsOf(
        untested,
        detail,
        (rule) => html`${ruleName(rule, detail)} lacks a test that matches, or one that does not`,
      ),
    ],
    lead: [tableOf(lead), ...moreBelow(folded, lead)],
    blocks: [
      tableOf(folded),
      ...leftOut(folded, detail, omitted),
      untested.length > 0 && detail.items > 0
        ? html`<p>Rules without a test that matches, or without one that does not:</p>${list(shownOf(untested, detail).map((rule) => code(rule)))}`
        : nothing,
    ],
  };
}

function formatPassed(passed: number): string {
  return plural(passed, 'passed', 'passed');
}
