import type { ProfiledPart, RulesProfile } from '../../app/profile/profile-rules.ts';
import { type Paint, plural, safeText, table } from './output.ts';
import { formatTimes } from './profile-picture.ts';

/**
 * A profile as text: the slowest rules, and below each its strings that cost more than a plain text.
 * @param options.top number of rules that are listed
 * @param options.maxTimes the budget; null for none
 */
export function profileLines(
  { rules, medians, failed }: RulesProfile,
  { top, maxTimes }: { readonly top: number; readonly maxTimes: number | null },
  paint: Paint,
): readonly string[] {
  const shown = rules.slice(0, top);
  const rows = shown.flatMap(({ rule, timesMedian, strings, ...part }) => [
    [rule, ...cells(part), formatTimes(timesMedian)],
    ...strings
      .filter(({ worst }) => worst.times >= noteworthy)
      .map((each) => [`  ${each.identifier}`, ...cells(each), '']),
  ]);
  const over = maxTimes === null ? [] : rules.filter(({ worst }) => worst.times > maxTimes);
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
    ...over.map(
      ({ rule, worst }) =>
        `${paint('red', 'above the budget')}: ${safeText(rule)}: ${formatTimes(worst.times)} on ${safeText(worst.kind)}, and profile.maxTimes is ${maxTimes}`,
    ),
    `${plural(rules.length, 'rule')} measured${maxTimes === null ? '' : `, ${over.length} above the budget`}`,
  ];
}

/** A string of which this multiple of a plain text is less is none to improve. */
const noteworthy = 1.5;

function cells({ worst }: ProfiledPart): readonly string[] {
  const more = worst.timedOut ? ' or more' : '';
  return [`${formatTimes(worst.times)}${more}`, worst.msPerMiB.toFixed(1), worst.kind];
}
