import { addToExclude, bySource } from '../../pull-requests/public/public-goodware.ts';
import type { SectionOf } from '../../pull-requests/section.ts';
import { formatCount, type Paint, plural, safeText, table } from '../output/output.ts';

type Public = NonNullable<SectionOf<'goodware'>['public']>;

/** The public rules that match goodware, by source, and how to leave them out. Empty if none does. */
export function publicGoodwareLines({ matching, omitted }: Public, paint: Paint): readonly string[] {
  if (matching.length === 0) return [];
  return [
    paint('yellow', 'Public rules that match goodware:'),
    ...bySource(matching).flatMap(({ source, rules, alerting }) => [
      safeText(`${source}: ${alerting.length} alerting, ${rules.length - alerting.length} staged`),
      table(
        ['rule', '', 'files', 'first file', 'sha256'],
        rules.map(({ rule, state, files, path, sha256 }) => [rule, state, formatCount(files), path, sha256]),
      ),
      ...(alerting.length === 0 ? [] : [safeText(addToExclude(source, alerting))]),
    ]),
    ...(omitted === 0 ? [] : [`${plural(omitted, 'more public rule')} not listed.`]),
  ];
}

/** The sum, as a part of a line. */
export function publicSum({ rules, remembered, failing, staged }: Public): string {
  const before = remembered === 0 ? '' : ` (${formatCount(remembered)} measured before)`;
  return `${plural(rules, 'public rule')}${before}: ${formatCount(failing)} alerting and ${formatCount(staged)} staged match goodware`;
}
