import type { PipelineEvent } from '../../app/pipeline/events.ts';
import type { RetroPlan } from '../../app/scans/plan-retro.ts';
import type { StartedRetro } from '../../app/scans/retro-scans.ts';
import type { Ruleset } from '../../domain/rulesets/ruleset.ts';
import type { Scan } from '../../domain/scans/scan.ts';
import { formatBytes, formatCount, formatDuration, plural } from '../output/output.ts';
import { ledgerSum } from '../output/scan-lines.ts';
import type { Arrivals } from './arrivals.ts';
import type { Say } from './say.ts';

/** The plan of a retro scan on one line; of one that is resumed, what is left of it. */
export function planLine(plan: RetroPlan, ruleset: Ruleset, { created }: Pick<StartedRetro, 'created'>): string {
  if (plan.dueObjects === 0)
    return `nothing to scan, all ${plural(plan.objects, 'object')} are covered${plan.excludedObjects > 0 ? ' or excluded by the index' : ''}`;
  const named = plan.dueRules.slice(0, 3).join(', ');
  const more = plan.dueRules.length > 3 ? ` and ${formatCount(plan.dueRules.length - 3)} more` : '';
  const isAll = plan.dueRules.length > 1 && plan.dueRules.length === ruleset.rules.length;
  const rules = isAll ? `all ${plural(plan.dueRules.length, 'rule')}` : `${named}${more}`;
  const excluded = plan.excludedObjects === 0 ? '' : ` (the index excludes ${formatCount(plan.excludedObjects)})`;
  const expected = plan.expectedMs === null ? '' : `, about ${formatDuration(plan.expectedMs)}`;
  const due = `${formatCount(plan.dueObjects)} of ${plural(plan.objects, 'object')}`;
  const over = created ? due : `the ${due} that are left`;
  return `${rules} over ${over}${excluded}, ${formatBytes(plan.dueBytes)}${expected}`;
}

/**
 * The sum of a scan's ledger, in one line.
 * @param matches its matches, in words
 */
export function endLine(scan: Scan, matches: string): string {
  const { id, state, counts, createdAt, finishedAt } = scan;
  const took = formatDuration(Date.parse(finishedAt ?? createdAt) - Date.parse(createdAt));
  return `${id} ${state}: ${ledgerSum(scan)}; ${matches}; ${formatBytes(counts.scannedBytes)} in ${took}`;
}

/** Prints events that need attention. Alerts have their own sink. */
export function printEvent(event: PipelineEvent, say: Say, arrivals: Arrivals): void {
  if (event.type === 'problem') say('problem', `${event.where}: ${event.message}`);
  else if (event.type === 'object') {
    const { key, outcome } = event.entry;
    if (outcome.status === 'failed')
      say('failed', `${key}: ${outcome.reason}${outcome.detail === undefined ? '' : `, ${outcome.detail}`}`);
    else if (event.kind === 'live' && outcome.status === 'scanned') {
      arrivals.add(event.entry, outcome, event.stagedMatches ?? 0);
    } else if (event.kind === 'live' && outcome.status === 'skipped')
      say('arrived', `${key}: skipped, ${outcome.reason}`);
  }
}
