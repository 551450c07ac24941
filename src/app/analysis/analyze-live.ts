import { createHash } from 'node:crypto';
import { type ObjectRef, objectId } from '../../domain/objects/object.ts';
import type { CurrentRuleset } from '../../domain/rulesets/ruleset.ts';
import { newScan, type Scan } from '../../domain/scans/scan.ts';
import { activeRuleset } from '../rulesets/active-ruleset.ts';
import { type Analyzed, analyzeObjects } from './analyze-objects.ts';
import type { Analyzer } from './analyzer.ts';
import type { AnalyzerTask, TimeLimit } from './work-through.ts';

/** What became of objects that arrived. */
export interface LiveAnalyzed extends Analyzed {
  /** The ruleset in force when they were done. */
  readonly current: CurrentRuleset;
}

/**
 * Analyzes objects that arrived, with the ruleset in force when they are done: where a ruleset came into force meanwhile, its retro scan may
 * have listed the objects before this analysis left its records, or not at all, so they are brought up to date here.
 *
 * @param options.time ends it before the next object. Default: without end
 * @throws RearviewError `ERR_NOT_FOUND` (retryable) while no ruleset is published, and what the stores throw
 */
export async function analyzeLive(
  analyzer: Analyzer,
  tasks: readonly AnalyzerTask[],
  options: { readonly time?: TimeLimit } = {},
): Promise<LiveAnalyzed> {
  const scan = await liveScanAt(analyzer.scans, new Date(analyzer.now()).toISOString());
  let applied: string | null = null;
  let last: Analyzed = { done: [], failed: [], left: tasks };
  const [failed, left]: [Analyzed['failed'][number][], AnalyzerTask[]] = [[], []];
  for (;;) {
    const current = await activeRuleset(analyzer.library, { retryable: true });
    if (current.rulesetId === applied) return { done: last.done, failed, left, current };
    const ruleset = await analyzer.library.get(current.rulesetId);
    const due = applied === null ? tasks : last.done.map(({ task }) => task);
    last = await analyzeObjects(analyzer, { tasks: due, ruleset, scan: { ...scan, kind: 'live' }, ...options });
    failed.push(...last.failed);
    left.push(...last.left);
    const reports = last.done.map(({ task, entry }) => ({ batchId: liveBatchId(task.object), entries: [entry] }));
    if (reports.length > 0) await analyzer.scans.report(scan.id, reports);
    applied = current.rulesetId;
  }
}

/** In the ledger of a live scan each object version is a batch of its own, however many messages speak of it. */
export function liveBatchId(object: ObjectRef): string {
  return createHash('sha256').update(objectId(object)).digest('hex').slice(0, 32);
}

/** What this process knows to be there: of a live scan nothing is used that could change. */
const latestScans = new WeakMap<Analyzer['scans'], Scan>();

/** The ledger of what arrived on the day (UTC) of `at`, made where it is not there yet. */
export async function liveScanAt(scans: Analyzer['scans'], at: string): Promise<Scan> {
  const id = `live-${at.slice(0, 10)}`;
  const latest = latestScans.get(scans);
  if (latest?.id === id) return latest;
  const scan = (await scans.get(id)) ?? (await createLiveScan(scans, id, at));
  latestScans.set(scans, scan);
  return scan;
}

async function createLiveScan(scans: Analyzer['scans'], id: string, at: string): Promise<Scan> {
  const scan = newScan({
    id,
    kind: 'live',
    rulesetId: '',
    full: false,
    buckets: [],
    filter: {},
    createdAt: at,
    expected: null,
  });
  return (await scans.create(scan, id)).scan;
}
