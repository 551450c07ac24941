import type { RetroPlan } from '../../app/scans/plan-retro.ts';
import type { StartedRetro } from '../../app/scans/retro-scans.ts';
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

/**
 * What a retro scan that was begun has to do, on one line. The plan is of what is left, and the
 * ledger of the whole scan: of a scan that is resumed the line states which is which.
 */
export function begunLine(plan: RetroPlan, { scan, created }: Pick<StartedRetro, 'scan' | 'created'>): string {
  const n = formatCount;
  const rules = plural(plan.dueRules.length, 'rule');
  const all = plural(plan.objects, 'object');
  if (!created && scan.full)
    return `${rules} over ${all}, of which ${n(scan.counts.objects)} have their outcomes already`;
  const over = created ? `${n(plan.dueObjects)} of ${all}` : `the ${n(plan.dueObjects)} of ${all} that are left`;
  const before = created ? '' : `, ${n(plan.coveredObjects)} scanned or covered before`;
  return `${rules} over ${over}, ${formatBytes(plan.dueBytes)}; ${n(plan.excludedObjects)} excluded by the index${before}`;
}

/** Stated where nearly all objects may match. */
export const indexIsWide = 'nearly every object may match the rules, so the index is not used';

/** Remarks on the index; empty if it is used, or if there is none. */
function indexLines({ index }: RetroPlan): readonly string[] {
  return [...(index.isWide ? [indexIsWide] : []), ...index.problems.map(safeText)];
}
