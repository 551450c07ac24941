import type { ObjectInfo } from '../../domain/objects/object.ts';
import { bytesToScan } from '../../domain/objects/size-limit.ts';
import { coveredLogic } from '../../domain/rulesets/coverage.ts';
import type { Ruleset } from '../../domain/rulesets/ruleset.ts';
import type { LedgerEntry } from '../../domain/scans/outcome.ts';
import type { PreviewScope } from '../../domain/scans/preview.ts';
import type { DueObject, RetroBatch, Scan } from '../../domain/scans/scan.ts';
import type { ObjectReader } from '../../ports/object-store.ts';
import {
  type Checkpoint,
  maxBatchesPerCheckpoint,
  maxSettledPerCheckpoint,
  maxWritesPerCheckpoint,
} from '../../ports/scan-store.ts';
import { createDeltaRulesets, type DeltaRulesets } from '../analysis/delta-rulesets.ts';
import { type CorpusExclusions, createCorpusExclusions, type UndecidedObject } from '../index/corpus-exclusions.ts';
import { createExclusionLedger, type ExcludedObject, type ExclusionLedger } from '../index/exclusion-ledger.ts';
import { previewAims } from '../previews/preview-result.ts';
import { samplePage } from '../previews/sample-page.ts';
import type { Batcher } from './batcher.ts';
import { type CorpusPage, listCorpus } from './list-corpus.ts';
import { type PackLimits, packBatches } from './pack-batches.ts';

/** Most objects of a step. */
export const objectsPerStep = maxSettledPerCheckpoint;
const batchLimits: PackLimits = { maxObjects: 100, maxBytes: 64 * 1024 * 1024 };
/**
 * A batch of a preview is scanned within one delivery, or not at all: nothing is kept of a part.
 * Batches are small if a delivery has a time limit. Eight objects that each run into the
 * deadline (30 s), one after the other, take four minutes of the five that the function has by
 * default, and the next is begun while 40 s are left.
 */
const timedPreviewLimits: PackLimits = { ...batchLimits, maxObjects: 8 };

/** Decides which rules an object of a scan still needs. */
export interface ScanRules {
  readonly deltas: DeltaRulesets;
  /** Null if the scan reads every object, or the target has no index. */
  readonly exclusions: CorpusExclusions | null;
  readonly ledger: ExclusionLedger;
}

/** Opens the rules of a scan, once in each run of the batcher. */
export async function rulesOf(batcher: Batcher, scan: Scan): Promise<ScanRules> {
  const { id: scanId, rulesetId, preview } = scan;
  const { library, scans, segments, observe } = batcher;
  const note = (where: string) => (message: string) => observe({ type: 'problem', where, message });
  const ruleset = await library.get(rulesetId);
  const onRefused = (_: string, message: string) => note('ruleset')(message);
  const exclusions =
    segments === undefined || (scan.full && preview === null)
      ? null
      : createCorpusExclusions({
          ...{ segments, scans, ruleset, scanId, limits: batcher, onProblem: note('index') },
          ...(preview === null ? {} : { keep: contentsOf(preview, ruleset) }),
          ...(preview === null && batcher.retiresDamaged === true ? { onDamaged: segments.retire } : {}),
        });
  const ledger = createExclusionLedger(exclusions === null ? [] : await scans.exclusions(scanId));
  return { deltas: createDeltaRulesets({ library, onRefused }, ruleset), exclusions, ledger };
}

/** Contents that a preview looks at whether its rules match them or not. */
function contentsOf({ sha256 }: PreviewScope, ruleset: Ruleset): ReadonlySet<string> {
  return new Set([...sha256, ...previewAims(ruleset).hashes.map(({ hash }) => hash)]);
}

export interface Planning extends ScanRules {
  readonly batcher: Batcher;
  readonly scan: Scan;
  readonly readers: ReadonlyMap<string, ObjectReader>;
}

export interface Planned {
  readonly step: Checkpoint;
  /** Maximum number of objects that it was made of. */
  readonly limit: number;
  /** Call it when the step is written. */
  readonly commit: () => void;
}

/**
 * Plans only as many objects as fit the batches of one checkpoint: with large files that is less
 * than a page.
 */
export async function planStep(planning: Planning, firstLimit: number): Promise<Planned> {
  for (let limit = firstLimit; ; limit = Math.ceil(limit / 4)) {
    const { step, commit } = await planPage(planning, limit);
    if (writesOf(step) <= maxWritesPerCheckpoint && step.batches.length <= maxBatchesPerCheckpoint)
      return { step, limit, commit };
  }
}

function writesOf({ batches, excluded }: Checkpoint): number {
  return batches.length + (excluded?.exclusions.length ?? 0);
}

/**
 * The limit for the next step. A limit that was too high usually is again, and an inventory fetches
 * a file again for each page that is requested twice.
 */
export function nextLimit({ step, limit }: Planned): number {
  const hasRoom = 2 * writesOf(step) <= maxBatchesPerCheckpoint;
  return hasRoom ? Math.min(objectsPerStep, 2 * limit) : limit;
}

async function planPage(planning: Planning, limit: number): Promise<Omit<Planned, 'limit'>> {
  const { batcher, scan, readers } = planning;
  const { buckets, filter, cursor } = scan;
  const whole = await listCorpus(readers, { buckets, filter, cursor, limit });
  const page = scan.preview === null ? whole : cutPage(scan, await samplePage(batcher.records, scan.preview, whole));
  const { due, settled, excluded } = await sortObjects(planning, page.objects);
  const entries = [...page.problems, ...settled];
  let sequence = scan.batches.planned;
  const nextId = () => `${scan.id}/${String(sequence++).padStart(8, '0')}`;
  const limits = scan.kind === 'preview' && batcher.untimed !== true ? timedPreviewLimits : batchLimits;
  const batches = [...due].flatMap(([rulesetId, objects]) =>
    packBatches(objects, limits).map(
      (packed): RetroBatch => ({ scanId: scan.id, batchId: nextId(), rulesetId, objects: packed }),
    ),
  );
  const exclusions = planning.ledger.add(excluded);
  const step: Checkpoint = {
    // At the end the cursor no longer matters.
    cursor: page.next ?? cursor ?? { bucket: buckets[0] ?? '', after: null },
    listingDone: page.next === null,
    listed: {
      objects: page.objects.length + page.problems.length,
      bytes: page.objects.reduce((sum, object) => sum + object.size, 0),
    },
    batches,
    settled: entries.length === 0 ? null : { batchId: nextId(), entries },
    ...(exclusions === null ? {} : { excluded: exclusions.step }),
  };
  return { step, commit: () => exclusions?.commit() };
}

/** A page as far as a preview may list: at its limit the listing ends. */
function cutPage({ preview, listed }: Scan, page: CorpusPage): CorpusPage {
  const left = Math.max(0, (preview?.maxObjects ?? Infinity) - listed.objects);
  const count = page.objects.length + page.problems.length;
  if (count < left) return page;
  const objects = page.objects.slice(0, left);
  return { objects, problems: page.problems.slice(0, left - objects.length), next: null };
}

/**
 * Objects that are due, by the ruleset that they still need, the outcomes of those that are not,
 * and the objects that the index excludes.
 */
async function sortObjects({ batcher, scan, deltas, exclusions }: Planning, objects: readonly ObjectInfo[]) {
  const due = new Map<string, DueObject[]>();
  const settled: LedgerEntry[] = [];
  const excluded: ExcludedObject[] = [];
  const undecided: UndecidedObject[] = [];
  // A full scan does not need their records.
  const records = scan.full ? [] : await batcher.records.getMany(objects);
  for (const [index, object] of objects.entries()) {
    const record = records[index] ?? null;
    const { bucket, key, version, size } = object;
    if (bytesToScan(size, batcher) === null) {
      const detail = `${size} bytes; the limit is ${batcher.maxObjectBytes}`;
      settled.push({ bucket, key, version, size, outcome: { status: 'skipped', reason: 'too_large', detail } });
      continue;
    }
    const gap = deltas.gapOf(scan.full ? new Set() : coveredLogic(record?.coverage ?? [], size, batcher));
    if (gap.length === 0 && !scan.full) {
      const sha256 = record?.sha256 ?? null;
      settled.push({
        bucket,
        key,
        version,
        size,
        outcome: { status: 'covered' },
        ...(sha256 === null ? {} : { sha256 }),
      });
      continue;
    }
    undecided.push({ object, gap });
  }
  const decisions = await exclusions?.decide(undecided);
  for (const [index, { object, gap }] of undecided.entries()) {
    const decision = decisions?.[index];
    if (decision?.kind === 'excluded') {
      excluded.push({ ...decision, size: object.size });
      continue;
    }
    const rulesetId = scan.full ? scan.rulesetId : await deltas.idFor(decision?.logic ?? gap);
    const group = due.get(rulesetId) ?? [];
    const isUnindexed = decision?.kind === 'due' && decision.unindexed === true;
    group.push(isUnindexed ? { ...object, unindexed: true } : object);
    due.set(rulesetId, group);
  }
  return { due, settled, excluded };
}
