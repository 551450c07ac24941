import type { ScanLimits } from '../../domain/inside/scan-limits.ts';
import type { ObjectFilter } from '../../domain/objects/object.ts';
import { bytesToScan } from '../../domain/objects/size-limit.ts';
import { coveredLogic } from '../../domain/rulesets/coverage.ts';
import { ruleId } from '../../domain/rulesets/rule.ts';
import { logicOf, type Ruleset } from '../../domain/rulesets/ruleset.ts';
import type { ExpectedWork, ListingCursor } from '../../domain/scans/scan.ts';
import { pagesOf } from '../../ports/pages.ts';
import type { Forecast } from '../../pull-requests/forecast-section.ts';
import type { Analyzer } from '../analysis/analyzer.ts';
import { createGaps } from '../analysis/delta-rulesets.ts';
import {
  type CorpusExclusions,
  createCorpusExclusions,
  type Gap,
  type UndecidedObject,
} from '../index/corpus-exclusions.ts';
import { type CorpusPage, listCorpus } from './list-corpus.ts';

/** The plan of a retro scan with a ruleset. */
export interface RetroPlan extends Forecast {
  readonly rulesetId: string;
  /** For each due rule, the objects that have to be scanned with it, most first. */
  readonly ruleObjects: readonly { readonly rule: string; readonly objects: number }[];
  /** The use of the index. */
  readonly index: {
    /**
     * Whether it was not consulted further, because nearly all objects may match the due rules.
     */
    readonly isWide: boolean;
    /** Segments that cannot be used, with the reason. */
    readonly problems: readonly string[];
  };
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
export type PlanningTarget = Pick<Analyzer, 'readers' | 'records' | 'scans' | 'segments' | keyof ScanLimits> & {
  /** US dollars for so many objects listed, and so many objects and bytes scanned. */
  readonly retroCost: (work: { readonly listed: number; readonly objects: number; readonly bytes: number }) => number;
};

/** Lists the corpus and plans a retro scan with this ruleset. Nothing is written. */
export async function planRetro(
  target: PlanningTarget,
  ruleset: Ruleset,
  options: {
    readonly buckets: readonly string[];
    readonly filter: ObjectFilter;
    /** Nothing counts as covered. */
    readonly full: boolean;
    /** Whether the index excludes objects. Default: unless the scan is full. */
    readonly excludes?: boolean;
  },
): Promise<RetroPlan> {
  const gapOf = createGaps(logicOf(ruleset));
  const { excludes = !options.full } = options;
  const exclusions = excludes ? exclusionsFor(target, ruleset) : null;
  const due = new Set<string>();
  const needs = createNeeds();
  const sums = {
    objects: 0,
    bytes: 0,
    dueObjects: 0,
    dueBytes: 0,
    coveredObjects: 0,
    excludedObjects: 0,
    otherObjects: 0,
  };
  const list = ({ after: cursor = null }: { readonly after?: ListingCursor | null }) =>
    listCorpus(target.readers, { ...options, cursor, limit: pageSize });
  for await (const page of pagesOf<CorpusPage, ListingCursor>(list)) {
    // In a full scan nothing counts as covered: a look-up would cost a read for each object.
    const records = options.full ? [] : await target.records.getMany(page.objects);
    sums.objects += page.objects.length + page.problems.length;
    sums.otherObjects += page.problems.length;
    const undecided: UndecidedObject[] = [];
    for (const [index, object] of page.objects.entries()) {
      const { size } = object;
      sums.bytes += size;
      if (bytesToScan(size, target) === null) {
        sums.otherObjects += 1;
        continue;
      }
      const gap = gapOf(coveredLogic(options.full ? [] : (records[index]?.coverage ?? []), size, target));
      if (gap.length === 0) sums.coveredObjects += 1;
      else undecided.push({ object, gap });
    }
    const decisions = await exclusions?.decide(undecided);
    for (const [index, { object, gap }] of undecided.entries()) {
      const decision = decisions?.[index];
      for (const hash of decision?.logic ?? gap) due.add(hash);
      if (decision?.kind === 'excluded') sums.excludedObjects += 1;
      else {
        needs.add(decision?.logic ?? gap, decision?.mayMatch);
        sums.dueObjects += 1;
        sums.dueBytes += bytesToScan(object.size, target) ?? 0;
      }
    }
  }
  const pace = await bytesPerMs(target.scans);
  const needed = needs.byLogic();
  const dueRules = ruleset.rules.filter((rule) => due.has(rule.logicHash));
  return {
    rulesetId: ruleset.id,
    ...sums,
    dueRules: dueRules.map(ruleId),
    ruleObjects: dueRules
      .filter((rule) => !rule.private)
      .map((rule) => ({ rule: ruleId(rule), objects: needed.get(rule.logicHash) ?? 0 }))
      .sort((a, b) => b.objects - a.objects),
    index: { isWide: exclusions?.isWide ?? false, problems: exclusions?.problems ?? [] },
    expectedMs: pace === null ? null : Math.round(sums.dueBytes / pace),
    expectedCost: target.retroCost({ listed: sums.objects, objects: sums.dueObjects, bytes: sums.dueBytes }),
  };
}

function exclusionsFor(target: PlanningTarget, ruleset: Ruleset): CorpusExclusions | null {
  const { segments, scans } = target;
  return segments === undefined
    ? null
    : createCorpusExclusions({ segments, scans, ruleset, limits: target, scanId: null });
}

/** Counts the objects that each logic has to be applied to. */
function createNeeds() {
  const whole = new Map<Gap, number>();
  const counted = new Map<string, number>();
  const count = (logic: string, objects: number) => counted.set(logic, (counted.get(logic) ?? 0) + objects);
  return {
    add(gap: Gap, mayMatch?: (logic: string) => boolean): void {
      if (mayMatch === undefined) whole.set(gap, (whole.get(gap) ?? 0) + 1);
      else for (const logic of gap) if (mayMatch(logic)) count(logic, 1);
    },
    byLogic(): ReadonlyMap<string, number> {
      for (const [gap, objects] of whole) for (const logic of gap) count(logic, objects);
      whole.clear();
      return counted;
    },
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
