import { formatBytes, formatDuration, plural } from '../../domain/text/amounts.ts';
import type { SectionOf } from '../section.ts';
import { list } from './blocks.ts';
import { type Detail, reasonsOf, shownOf } from './detail.ts';
import { formatDollars } from './format-dollars.ts';
import { code, html, nothing, words } from './html.ts';
import type { SectionView } from './section-view.ts';

/** Forecast of the retro scan that a merge starts. */
export function viewForecast(section: SectionOf<'forecast'>, detail: Detail): SectionView {
  const { objects, bytes, dueObjects, dueBytes, coveredObjects, excludedObjects, otherObjects, rules } = section;
  const { expectedMs, expectedCost, budget, over } = section;
  const time = expectedMs === null ? 'in an unknown time' : `in about ${formatDuration(expectedMs)}`;
  const due = `${plural(dueObjects, 'object')} (${formatBytes(dueBytes)}) to scan`;
  const limits = [
    ...(budget.dollars === null ? [] : [formatDollars(budget.dollars)]),
    ...(budget.minutes === null ? [] : [formatDuration(budget.minutes * 60_000)]),
  ].join(' and ');
  return {
    title: words('Forecast of the retro scan'),
    line: words(`${due} with ${plural(rules, 'rule')}, ${time}, for ${formatDollars(expectedCost)}`),
    reasons: reasonsOf(over, detail, (sentence) => code(sentence, 160)),
    blocks: [
      list(shownOf(over, detail).map((sentence) => code(sentence, detail.text))),
      detail.items === 0
        ? nothing
        : list([
            words(`the corpus: ${plural(objects, 'object')}, ${formatBytes(bytes)}`),
            words(
              `already covered: ${plural(coveredObjects, 'object')}; excluded by the index: ${plural(excludedObjects, 'object')}; not scannable: ${plural(otherObjects, 'object')}`,
            ),
            html`budget: ${words(limits === '' ? 'none is configured' : limits)}`,
          ]),
    ],
  };
}
