import type { ScanLimits } from '../../domain/inside/scan-limits.ts';
import type { ObjectFilter } from '../../domain/objects/object.ts';
import { bytesToScan } from '../../domain/objects/size-limit.ts';
import { coveredLogic } from '../../domain/rulesets/coverage.ts';
import { logicOf, type Ruleset } from '../../domain/rulesets/ruleset.ts';
import type { ExpectedWork, ListingCursor } from '../../domain/scans/scan.ts';
import { pagesOf } from '../../ports/pages.ts';
import type { Forecast } from '../../pull-requests/forecast-section.ts';
import type { Analyzer } from '../analysis/analyzer.ts';
import { type CorpusPage, listCorpus } from './list-corpus.ts';

/** The plan of a retro scan with a ruleset. */
export interface RetroPlan extends Forecast {
  readonly rulesetId: string;
}

const pageSize = 1000;
/** A shorter scan is no measure of the pace of a large one. */
const minMeasuredMs = 2000;
const minMeasuredBytes = 10_000_000;

/** The expectation to compare a scan with this plan with. */
export function expectedOf({ objects, bytes, dueObjects, dueBytes, expectedMs }: RetroPlan): ExpectedWork {
  return { objects, bytes, due: { objects: dueObjects, bytes: dueBytes, ms: expectedMs } };
}

/** The parts of a target that planning needs. */
export type PlanningTarget = Pick<Analyzer, 'readers' | 'records' | 'scans' | keyof ScanLimits> & {
  /** US dollars for so many objects listed, and so many objects and bytes scanned. */
  readonly retroCost: (work: { readonly listed: number; readonly objects: number; readonly bytes: number }) => number;
};

/** Lists the corpus and plans a retro scan with this ruleset. Nothing is written. */
export async function planRetro(
  target: PlanningTarget,
  ruleset: Ruleset,
  options: { readonly buckets: readonly string[]; readonly filter: ObjectFilter; readonly full: boolean },
): Promise<RetroPlan> {
  const requiredLogic = logicOf(ruleset);
  const due = new Set<string>();
  const sums = { objects: 0, bytes: 0, dueObjects: 0, dueBytes: 0, coveredObjects: 0, otherObjects: 0 };
  const list = ({ after: cursor = null }: { readonly after?: ListingCursor | null }) =>
    listCorpus(target.readers, { ...options, cursor, limit: pageSize });
  for await (const page of pagesOf<CorpusPage, ListingCursor>(list)) {
    // In a full scan nothing counts as covered: a look-up would cost a read for each object.
    const records = options.full ? [] : await target.records.getMany(page.objects);
    sums.objects += page.objects.length + page.problems.length;
    sums.otherObjects += page.problems.length;
    for (const [index, { size }] of page.objects.entries()) {
      sums.bytes += size;
      const dueBytes = bytesToScan(size, target);
      if (dueBytes === null) {
        sums.otherObjects += 1;
        continue;
      }
      const covered = coveredLogic(options.full ? [] : (records[index]?.coverage ?? []), size, target);
      const missing = requiredLogic.filter((hash) => !covered.has(hash));
      for (const hash of missing) due.add(hash);
      if (missing.length === 0) sums.coveredObjects += 1;
      else {
        sums.dueObjects += 1;
        sums.dueBytes += dueBytes;
      }
    }
  }
  const pace = await bytesPerMs(target.scans);
  return {
    rulesetId: ruleset.id,
    ...sums,
    dueRules: ruleset.rules.filter((rule) => due.has(rule.logicHash)).map((rule) => `${rule.namespace}:${rule.name}`),
    expectedMs: pace === null ? null : Math.round(sums.dueBytes / pace),
    expectedCost: target.retroCost({ listed: sums.objects, objects: sums.dueObjects, bytes: sums.dueBytes }),
  };
}

async function bytesPerMs(scans: Analyzer['scans']): Promise<number | null> {
  for (const scan of await scans.list({ kind: 'retro', states: ['completed'], limit: 20 })) {
    const tookMs = Date.parse(scan.finishedAt ?? scan.createdAt) - Date.parse(scan.createdAt);
    if (tookMs >= minMeasuredMs && scan.counts.scannedBytes >= minMeasuredBytes)
      return scan.counts.scannedBytes / tookMs;
  }
  return null;
}
