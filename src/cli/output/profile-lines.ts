import type { ProfiledPart, RulesProfile } from '../../app/profile/profile-rules.ts';
import { type Paint, plural, safeText, table } from './output.ts';
import { formatTimes } from './profile-picture.ts';

/**
 * A profile as text: the slowest rules, and below each its strings that cost more than a plain text.
 * @param options.top number of rules that are listed
 */
export function profileLines(
  { rules, medians, failed, remembered }: RulesProfile,
  { top }: { readonly top: number },
  paint: Paint,
): readonly string[] {
  const shown = rules.slice(0, top);
  const rows = shown.flatMap(({ rule, timesMedian, strings, ...part }) => [
    [rule, ...cells(part), formatTimes(timesMedian)],
    ...strings
      .filter(({ worst }) => worst.times >= noteworthy)
      .map((each) => [`  ${each.identifier}`, ...cells(each), '']),
  ]);
  const over = rules.filter(({ worst, budget }) => budget !== null && worst.times > budget.maxTimes);
  const reported = over.filter(({ budget }) => budget?.fails === false).length;
  const hasBudget = rules.some(({ budget }) => budget !== null);
  const rest = rules.length - shown.length;
  return [
    ...(rows.length === 0 ? [] : [table(['rule', 'cost', 'ms/MiB', 'slowest on', 'of median'], rows)]),
    ...(rest > 0 ? [`${plural(rest, 'faster rule')} not listed`] : []),
    ...(medians.length === 0
      ? []
      : [
          `median: ${medians.map(({ kind, msPerMiB }) => `${safeText(kind)} ${msPerMiB.toFixed(1)} ms/MiB`).join(', ')}`,
        ]),
    ...failed.map(({ rule, reason }) => `${paint('yellow', 'not measured')}: ${safeText(`${rule}: ${reason}`)}`),
    ...over.map(({ rule, worst, budget }) => {
      const word =
        budget?.fails === false ? paint('yellow', 'staged, above the budget') : paint('red', 'above the budget');
      return `${word}: ${safeText(rule)}: ${formatTimes(worst.times)} on ${safeText(worst.kind)}, and its budget is ${budget?.maxTimes}`;
    }),
    [
      `${plural(rules.length, 'rule')} measured${remembered > 0 ? ` (${remembered} remembered)` : ''}`,
      ...(hasBudget ? [`${over.length - reported} above the budget`] : []),
      ...(reported > 0 ? [`${plural(reported, 'staged rule')} above the budget`] : []),
    ].join(', '),
  ];
}

/** A string of which this multiple of a plain text is less is none to improve. */
const noteworthy = 1.5;

function cells({ worst }: ProfiledPart): readonly string[] {
  const more = worst.timedOut ? ' or more' : '';
  return [`${formatTimes(worst.times)}${more}`, worst.msPerMiB.toFixed(1), worst.kind];
}
