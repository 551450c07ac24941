import type { RetroPlan } from '../../app/scans/plan-retro.ts';
import { plural } from '../../domain/text/amounts.ts';
import { formatBytes, formatCount, formatDuration, safeText } from './output.ts';

const shownRules = 10;

/** The plan of a retro scan as text. */
export function planLines(plan: RetroPlan): readonly string[] {
  const rest = plan.dueRules.length - shownRules;
  return [
    `ruleset   ${plan.rulesetId}`,
    `corpus    ${plural(plan.objects, 'object')}, ${formatBytes(plan.bytes)}`,
    `to scan   ${plural(plan.dueObjects, 'object')}, ${formatBytes(plan.dueBytes)}`,
    `covered   ${formatCount(plan.coveredObjects)} objects need no scan`,
    `excluded  ${formatCount(plan.excludedObjects)} objects cannot match, as the index shows`,
    `others    ${formatCount(plan.otherObjects)} objects would be skipped or fail (too large, not regular files, not readable)`,
    `rules     ${formatCount(plan.dueRules.length)} that have not scanned all objects`,
    ...plan.dueRules.slice(0, shownRules).map((rule) => `          ${safeText(rule)}${objectsOf(plan, rule)}`),
    ...(rest > 0 ? [`          and ${formatCount(rest)} more (--json lists all)`] : []),
    ...indexLines(plan).map((line) => `index     ${line}`),
    `time      ${plan.expectedMs === null ? 'not known before a first long scan has completed' : `about ${formatDuration(plan.expectedMs)}, at the speed of the last scan`}`,
    `cost      $${plan.expectedCost.toFixed(2)}`,
  ];
}

/** `, 12 objects`. */
function objectsOf({ ruleObjects }: RetroPlan, rule: string): string {
  const found = ruleObjects.find((each) => each.rule === rule);
  return found === undefined ? '' : `, ${plural(found.objects, 'object')}`;
}

/** Stated where nearly all objects may match. */
export const indexIsWide = 'nearly every object may match the rules, so the index is not used';

/** Remarks on the index; empty if it is used, or if there is none. */
function indexLines({ index }: RetroPlan): readonly string[] {
  return [...(index.isWide ? [indexIsWide] : []), ...index.problems.map(safeText)];
}
