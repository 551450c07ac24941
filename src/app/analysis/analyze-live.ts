import { createHash } from 'node:crypto';
import { type ObjectRef, objectId } from '../../domain/objects/object.ts';
import type { CurrentRuleset } from '../../domain/rulesets/ruleset.ts';
import { newScan, type Scan } from '../../domain/scans/scan.ts';
import { activeRuleset } from '../rulesets/active-ruleset.ts';
import { type Analyzed, analyzeObjects } from './analyze-objects.ts';
import type { Analyzer } from './analyzer.ts';
import type { AnalyzerTask, TimeLimit } from './work-through.ts';

/** The outcomes of objects that arrived. */
export interface LiveAnalyzed extends Analyzed {
  /** The ruleset that was active when they were done. */
  readonly current: CurrentRuleset;
}

/**
 * Analyzes objects that arrived, with the ruleset that is active when they are done. If a ruleset
 * became active meanwhile, its retro scan may have listed the objects before this analysis left its
 * records, or not at all, so they are brought up to date here.
 *
 * @param options.time ends it before the next object. Default: without end
 * @throws RearviewError `ERR_NOT_FOUND` (retryable) while no ruleset is published, and what the
 *   stores throw
 */
export async function analyzeLive(
  analyzer: Analyzer,
  tasks: readonly AnalyzerTask[],
  options: { readonly time?: TimeLimit } = {},
): Promise<LiveAnalyzed> {
  const { library, scans } = analyzer;
  const rulesetNow = async () => {
    const current = await activeRuleset(library, { retryable: true });
    return { current, ruleset: await library.get(current.rulesetId) };
  };
  let applied: string | null = null;
  let last: Analyzed = { done: [], failed: [], left: tasks };
  const [failed, left]: [Analyzed['failed'][number][], AnalyzerTask[]] = [[], []];
  const startedAt = new Date(analyzer.now()).toISOString();
  // Neither depends on the other, and a process that has just started reads both.
  const [scan, first] = await Promise.all([liveScanAt(scans, startedAt), rulesetNow()]);
  for (let now = first; ; now = await rulesetNow()) {
    const { current, ruleset } = now;
    if (current.rulesetId === applied) return { done: last.done, failed, left, current };
    const due = applied === null ? tasks : last.done.map(({ task }) => task);
    last = await analyzeObjects(analyzer, { tasks: due, ruleset, scan: { ...scan, kind: 'live' }, ...options });
    failed.push(...last.failed);
    left.push(...last.left);
    const reports = last.done.map(({ task, entry }) => ({ batchId: liveBatchId(task.object), entries: [entry] }));
    if (reports.length > 0) await scans.report(scan.id, reports);
    applied = current.rulesetId;
  }
}

/**
 * The batch id of an object version in a live scan: each version is one batch, however many
 * messages name it.
 */
export function liveBatchId(object: ObjectRef): string {
  return createHash('sha256').update(objectId(object)).digest('hex').slice(0, 32);
}

/** Live scans that this process has seen. Only fields that never change are used. */
const latestScans = new WeakMap<Analyzer['scans'], Scan>();

/**
 * The ledger of the objects that arrived on the day (UTC) of `at`. It is created if it does not
 * exist.
 */
export async function liveScanAt(scans: Analyzer['scans'], at: string): Promise<Scan> {
  const id = `live-${at.slice(0, 10)}`;
  const latest = latestScans.get(scans);
  if (latest?.id === id) return latest;
  const scan = (await scans.get(id, { sums: false })) ?? (await createLiveScan(scans, id, at));
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
