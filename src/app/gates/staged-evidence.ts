import { ruleId } from '../../domain/rulesets/rule.ts';
import type { Scan } from '../../domain/scans/scan.ts';
import type { StagedEvidence } from '../../gates/staged-evidence.ts';
import type { MatchStore } from '../../ports/match-store.ts';
import type { ScanStore } from '../../ports/scan-store.ts';
import type { RulesetLibrary } from '../rulesets/ruleset-library.ts';
import { type StagedSince, stagedRules } from '../rulesets/staged-rules.ts';
import { createMatchRates } from '../scans/match-rates.ts';
import { countStagedMatches } from './staged-matches.ts';

const dayMs = 86_400_000;
/**
 * Live scans, one a day, that are added up: a rule that is staged for longer has fewer arrivals
 * than there were, so a narrower band.
 */
const maxLiveScans = 400;

/** The evidence about the active staged rules, in the order of the ruleset. */
export async function stagedEvidence(
  {
    library,
    state: { matches, scans },
  }: {
    readonly library: RulesetLibrary;
    readonly state: { readonly matches: MatchStore; readonly scans: ScanStore };
  },
  { since, nowMs }: { readonly since: StagedSince; readonly nowMs: number },
): Promise<readonly StagedEvidence[]> {
  const current = await library.current();
  const rules = current === null ? [] : stagedRules(await library.get(current.rulesetId));
  if (rules.length === 0) return [];
  const live = await scans.list({ kind: 'live', limit: maxLiveScans });
  const rates = createMatchRates({ scans, library });
  const known = new Map<string, Scan | null>();
  const scanOf = async (id: string) => {
    const scan = known.get(id) ?? (await scans.get(id, { sums: false }));
    known.set(id, scan);
    return scan;
  };
  const all: StagedEvidence[] = [];
  for (const { logicHash, ...rule } of rules) {
    // A rule that became active a moment ago is noted with the next publish.
    const from = since.get(logicHash) ?? new Date(nowMs).toISOString();
    const id = ruleId(rule);
    const matched = await countStagedMatches(matches, { ruleId: id, logicHash, since: from, scanOf });
    const rate = (await rates.ofPreview(logicHash)) ?? (await rates.ofRetro(logicHash, matched.retro.objects));
    all.push({
      ...{ rule: id, logicHash, since: from, ...matched, rate },
      soakedDays: Math.max(0, nowMs - Date.parse(from)) / dayMs,
      arrivedObjects: arrivedSince(live, from),
    });
  }
  return all;
}

function arrivedSince(live: readonly Scan[], since: string): number {
  const days = live.filter(({ id }) => id.slice('live-'.length) >= since.slice(0, 10));
  return days.reduce((sum, { counts }) => sum + counts.objects, 0);
}
