import { plural } from '../../domain/text/amounts.ts';
import type { SectionOf } from '../section.ts';
import { list, table } from './blocks.ts';
import { type Detail, leftOut, reasonsOf, shownOf } from './detail.ts';
import { code, type Html, html, nothing, words } from './html.ts';
import { ruleName } from './review-facts.ts';
import type { SectionView } from './section-view.ts';

type RuleCost = SectionOf<'profile'>['rules'][number];

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
  const failing = rules.filter((each) => each.over && each.staged !== true);
  return {
    title: words('Cost of the changed rules'),
    line: words(measured === 0 ? 'no rule to measure' : `${plural(measured, 'rule')}${most}: ${budget}`),
    reasons: reasonsOf(failing, detail, (each) => viewOver(each, detail)),
    blocks: [
      viewCosts(rules, detail),
      ...leftOut(rules, detail, omitted),
      list(shownOf(notes, detail).map((note) => code(note, detail.text))),
    ],
  };
}

function viewCosts(rules: readonly RuleCost[], detail: Detail): Html {
  const rows = shownOf(rules, detail).map((each) => [
    code(each.rule),
    words(`${timesText(each)}${each.over ? overText(each) : ''}`),
    html`${words(`${each.msPerMiB.toFixed(1)} ms/MiB on `)}${code(each.kind)}`,
    each.slowest === null
      ? words('')
      : html`${code(each.slowest.identifier)} ${words(`${each.slowest.times.toFixed(1)} times`)}`,
  ]);
  return table(['rule', 'cost', 'slowest on', 'slowest string'].map(words), rows);
}

/** Why a rule fails: its cost, its budget and its slowest string. */
function viewOver(each: RuleCost, detail: Detail): Html {
  const budget = each.budget === undefined ? '' : ` (budget ${each.budget})`;
  const slowest = each.slowest === null ? nothing : html`; slowest string ${code(each.slowest.identifier)}`;
  return html`${ruleName(each.rule, detail)} costs ${words(`${timesText(each)} a plain text${budget}`)}${slowest}`;
}

function overText({ budget, staged = false }: RuleCost): string {
  const limit = budget === undefined ? 'the budget' : `its budget of ${budget}`;
  return ` (above ${limit}${staged ? ', staged' : ''})`;
}

function timesText({ times, timedOut }: RuleCost): string {
  return `${times.toFixed(1)} times${timedOut ? ' or more' : ''}`;
}
