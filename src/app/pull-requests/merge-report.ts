import { hasCode } from '../../domain/errors.ts';
import { ruleId } from '../../domain/rulesets/rule.ts';
import { logicOf, type PublishedRuleset } from '../../domain/rulesets/ruleset.ts';
import type { Scan } from '../../domain/scans/scan.ts';
import type { MatchStore, StoredMatch } from '../../ports/match-store.ts';
import { pagesOf } from '../../ports/pages.ts';
import type { ScanStore } from '../../ports/scan-store.ts';
import type { ReasonCounts, RuleFinds, ScanReport, ScanWork } from '../../pull-requests/scan-report.ts';
import type { RulesetLibrary } from '../rulesets/ruleset-library.ts';
import { lastOf } from '../scans/follow-scan.ts';

const pageSize = 500;
/**
 * Maximum number of matches and ledger entries that are counted. Beyond it, the report says "more".
 */
const maxCounted = 20_000;

/** The parts of a target that a report needs. */
export interface ReportingTarget {
  readonly library: Pick<RulesetLibrary, 'get'>;
  readonly state: { readonly scans: ScanStore; readonly matches: MatchStore };
  /** US dollars for so many objects listed, and so many objects and bytes scanned. */
  readonly retroCost: (work: { readonly listed: number; readonly objects: number; readonly bytes: number }) => number;
}

/** Collects the progress of a scan and of those that took over from it. */
export async function mergeReport(
  target: ReportingTarget,
  {
    commit,
    published,
    chain,
    nowMs,
  }: {
    readonly commit: string;
    readonly published: Pick<PublishedRuleset, 'rulesetId' | 'commit'>;
    readonly chain: readonly [Scan, ...Scan[]];
    readonly nowMs: number;
  },
): Promise<ScanReport> {
  const last = lastOf(chain);
  const { finds, isWhole } = await findsOf(target.state.matches, chain);
  return {
    ...{ commit, finds, isWhole },
    rulesetId: published.rulesetId,
    laterCommit: published.commit === commit ? null : published.commit,
    dropped: await droppedRules(target.library, chain[0], last),
    scans: chain.map(({ id, state, counts }) => ({ id, state, sums: sumsOf(counts) })),
    error: last.error,
    expectedObjects: last.expected?.objects ?? null,
    skipped: last.counts.skipped === 0 ? [] : await reasonsOf(target.state.scans, last, 'skipped'),
    failed: last.counts.failed === 0 ? [] : await reasonsOf(target.state.scans, last, 'failed'),
    forecast: forecastOf(target, last),
    actual: actualOf(target, last, nowMs),
  };
}

async function droppedRules(
  library: ReportingTarget['library'],
  first: Scan,
  last: Scan,
): Promise<readonly string[] | null> {
  if (first.rulesetId === last.rulesetId) return [];
  try {
    const { rules } = await library.get(first.rulesetId);
    const left = new Set(logicOf(await library.get(last.rulesetId)));
    return rules.filter((rule) => !rule.private && !left.has(rule.logicHash)).map(ruleId);
  } catch (error) {
    // It was deleted, or its format is no longer supported.
    if (hasCode(error, 'ERR_NOT_FOUND', 'ERR_RULESET_UNUSABLE')) return null;
    throw error;
  }
}

function sumsOf({ objects, scanned, covered, excluded, skipped, failed }: Scan['counts']) {
  return { objects, scanned, covered, excluded, skipped, failed };
}

function forecastOf({ retroCost }: ReportingTarget, { expected }: Scan): ScanWork | null {
  if (expected?.due === undefined) return null;
  const { objects, bytes, ms } = expected.due;
  return { objects, bytes, ms, dollars: retroCost({ listed: expected.objects, objects, bytes }) };
}

function actualOf({ retroCost }: ReportingTarget, scan: Scan, nowMs: number): ScanWork {
  const { createdAt, finishedAt, listed, counts } = scan;
  const [objects, bytes] = [counts.scanned + counts.failed, counts.scannedBytes];
  const ms = (finishedAt === null ? nowMs : Date.parse(finishedAt)) - Date.parse(createdAt);
  return { objects, bytes, ms: Math.max(0, ms), dollars: retroCost({ listed: listed.objects, objects, bytes }) };
}

async function findsOf(
  matches: MatchStore,
  chain: readonly Scan[],
): Promise<{ readonly finds: readonly RuleFinds[]; readonly isWhole: boolean }> {
  const byRule = new Map<string, RuleFinds>();
  let left = maxCounted;
  for (const { id } of chain) {
    if (left === 0) return { finds: inOrder(byRule), isWhole: false };
    const list = (from: { readonly after?: string }) =>
      matches.list({ filter: { scanId: id }, limit: Math.min(pageSize, left), ...from });
    for await (const page of pagesOf(list)) {
      for (const match of page.matches) add(byRule, match);
      left -= page.matches.length;
      if (left === 0 && page.next !== null) return { finds: inOrder(byRule), isWhole: false };
    }
  }
  return { finds: inOrder(byRule), isWhole: true };
}

function add(byRule: Map<string, RuleFinds>, { ruleId, isStaged, objects }: StoredMatch): void {
  const before = byRule.get(ruleId);
  byRule.set(ruleId, {
    rule: ruleId,
    // A rule that alerts for one content alerts.
    isStaged: isStaged && (before?.isStaged ?? true),
    contents: (before?.contents ?? 0) + 1,
    objects: (before?.objects ?? 0) + objects,
  });
}

function inOrder(byRule: ReadonlyMap<string, RuleFinds>): readonly RuleFinds[] {
  return [...byRule.values()].sort((a, b) => b.contents - a.contents || (a.rule < b.rule ? -1 : 1));
}

async function reasonsOf(scans: ScanStore, { id }: Scan, status: 'skipped' | 'failed'): Promise<ReasonCounts> {
  const byReason = new Map<string, number>();
  let left = maxCounted;
  for await (const { entries } of pagesOf((from) =>
    scans.ledger(id, { statuses: [status], limit: pageSize, ...from }),
  )) {
    for (const { outcome } of entries) {
      if (outcome.status === status) byReason.set(outcome.reason, (byReason.get(outcome.reason) ?? 0) + 1);
    }
    left -= entries.length;
    if (left <= 0) break;
  }
  return [...byReason].map(([reason, objects]) => ({ reason, objects })).sort((a, b) => b.objects - a.objects);
}
