import { plural } from '../../domain/text/amounts.ts';
import type { SectionOf } from '../section.ts';
import { list, table } from './blocks.ts';
import { type Detail, leftOut, shownOf } from './detail.ts';
import { code, html, words } from './html.ts';
import type { SectionView } from './section-view.ts';

/** The cost of the changed rules. */
export function viewProfile(section: SectionOf<'profile'>, detail: Detail): SectionView {
  const { measured, over, reported, maxTimes, rules, omitted, notes } = section;
  const [slowest] = rules;
  const hasBudget = maxTimes !== null || rules.some((each) => each.budget !== undefined);
  const isOne = maxTimes !== null && rules.every((each) => (each.budget ?? maxTimes) === maxTimes);
  const staged = reported === 0 ? '' : `, and ${plural(reported, 'staged rule')}`;
  const budget = hasBudget
    ? `${over} above ${isOne ? `the budget of ${maxTimes}` : 'their budget'}${staged}`
    : 'no budget is configured';
  const most = slowest === undefined ? '' : `, at most ${timesText(slowest)} the cost of a plain text`;
  const rows = shownOf(rules, detail).map((each) => [
    code(each.rule),
    words(`${timesText(each)}${each.over ? overText(each) : ''}`),
    html`${words(`${each.msPerMiB.toFixed(1)} ms/MiB on `)}${code(each.kind)}`,
    each.slowest === null
      ? words('')
      : html`${code(each.slowest.identifier)} ${words(`${each.slowest.times.toFixed(1)} times`)}`,
  ]);
  return {
    title: words('Cost of the changed rules'),
    line: words(measured === 0 ? 'no rule to measure' : `${plural(measured, 'rule')}${most}: ${budget}`),
    blocks: [
      table(['rule', 'cost', 'slowest on', 'slowest string'].map(words), rows),
      ...leftOut(rules, detail, omitted),
      list(shownOf(notes, detail).map((note) => code(note, detail.text))),
    ],
  };
}

function overText({ budget, staged = false }: SectionOf<'profile'>['rules'][number]): string {
  const limit = budget === undefined ? 'the budget' : `its budget of ${budget}`;
  return ` (above ${limit}${staged ? ', staged' : ''})`;
}

function timesText({ times, timedOut }: SectionOf<'profile'>['rules'][number]): string {
  return `${times.toFixed(1)} times${timedOut ? ' or more' : ''}`;
}
