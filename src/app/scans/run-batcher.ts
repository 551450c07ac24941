import { hasCode, messageOf } from '../../domain/errors.ts';
import type { ScanLimits } from '../../domain/inside/scan-limits.ts';
import type { ObjectInfo } from '../../domain/objects/object.ts';
import { bytesToScan } from '../../domain/objects/size-limit.ts';
import { coveredLogic } from '../../domain/rulesets/coverage.ts';
import type { LedgerEntry } from '../../domain/scans/outcome.ts';
import type { RetroBatch, Scan } from '../../domain/scans/scan.ts';
import type { ObjectReader } from '../../ports/object-store.ts';
import type { Queue } from '../../ports/queue.ts';
import { type Checkpoint, maxBatchesPerCheckpoint, maxSettledPerCheckpoint } from '../../ports/scan-store.ts';
import { completeScan } from '../analysis/analyze-batch.ts';
import type { Analyzer } from '../analysis/analyzer.ts';
import { createDeltaRulesets, type DeltaRulesets } from '../analysis/delta-rulesets.ts';
import { batchDue } from '../pipeline/messages.ts';
import { whyNotBegin } from '../previews/admit-preview.ts';
import { samplePage } from '../previews/sample-page.ts';
import { withinAreas } from '../previews/within-areas.ts';
import { type CorpusPage, listCorpus } from './list-corpus.ts';
import { type PackLimits, packBatches } from './pack-batches.ts';

const objectsPerStep = maxSettledPerCheckpoint;
const batchLimits: PackLimits = { maxObjects: 100, maxBytes: 64 * 1024 * 1024 };
/**
 * A batch of a preview is scanned within one delivery, or not at all: nothing is kept of a part.
 * Batches are small if a delivery has a time limit. Eight objects that each run into the
 * deadline (30 s), one after the other, take four minutes of the five that the function has by
 * default, and the next is begun while 40 s are left.
 */
const timedPreviewLimits: PackLimits = { ...batchLimits, maxObjects: 8 };
const leaseTtlMs = 60_000;
const sendPageSize = 100;

export type Batcher = Pick<
  Analyzer,
  'records' | 'scans' | 'library' | 'previews' | keyof ScanLimits | 'now' | 'observe'
> & {
  /** Queues for batches: previews and retro scans do not wait for each other. */
  readonly queues: { readonly retro: Queue; readonly preview: Queue };
  /** Whether a scan has to wait, checked before each step. Default: none has. */
  readonly isHeld?: (scan: Scan) => Promise<boolean>;
  /** Opens the readers that list the buckets of a scan, once in each run. */
  readonly readersFor: (scan: Pick<Scan, 'inventories'>) => Promise<ReadonlyMap<string, ObjectReader>>;
  /** Names this batcher among others. */
  readonly owner: string;
  /**
   * Whether a delivery has as much time as it needs. Then a batch of a preview is as large as one
   * of a retro scan, and costs as few transactions. Default: false.
   */
  readonly untimed?: boolean;
};

/**
 * `listed`: all batches are sent. `stopped`: the signal, a pause or a cancel ended it; run it again
 * to resume. `busy`: another batcher has the scan. `failed`: the inventory that it lists cannot be
 * used, and the scan has failed. `refused`: it is a preview that the limits do not allow, and is
 * cancelled.
 */
export type BatcherResult = 'listed' | 'stopped' | 'busy' | 'failed' | 'refused';

type Readers = ReadonlyMap<string, ObjectReader>;

/**
 * Lists the corpus of one retro scan or preview, packs what still needs scanning into batches, and
 * sends them. Each step is written before it is sent, so a batcher that dies anywhere is continued
 * by the next one, with no object lost.
 */
export async function runBatcher(batcher: Batcher, scanId: string, signal: AbortSignal): Promise<BatcherResult> {
  const { scans, now } = batcher;
  const lease = await scans.acquireLease(scanId, batcher.owner, { nowMs: now(), ttlMs: leaseTtlMs });
  if (lease === null) return 'busy';
  let inventories: Scan['inventories'] = [];
  try {
    let deltas: DeltaRulesets | undefined;
    let readers: Readers | undefined;
    let limit: number = objectsPerStep;
    for (;;) {
      const scan = await scans.get(scanId);
      if (scan === null || scan.state !== 'running' || signal.aborted) return 'stopped';
      if ((await batcher.isHeld?.(scan)) === true) return 'stopped';
      if (readers === undefined && scan.kind === 'preview' && (await isRefused(batcher, scan))) return 'refused';
      await sendUnsent(batcher, scan);
      if (scan.listingDone) {
        await completeScan(batcher, scanId);
        return 'listed';
      }
      deltas ??= await deltasOf(batcher, scan);
      inventories = scan.inventories;
      readers ??= readersWithin(await batcher.readersFor(scan), scan);
      const planned = await planStep({ batcher, scan, deltas, readers }, limit);
      limit = nextLimit(planned);
      await scans.checkpoint(lease, planned.step, { nowMs: now(), ttlMs: leaseTtlMs });
    }
  } catch (error) {
    if (hasCode(error, 'ERR_LEASE_LOST')) return 'busy';
    if (hasCode(error, 'ERR_STATE')) return 'stopped';
    // An inventory that is gone or damaged stays so, and without a failed scan it would never show.
    if (!hasCode(error, 'ERR_CONFIG') || inventories.length === 0) throw error;
    const at = new Date(now()).toISOString();
    await scans.setState(scanId, ['running', 'paused'], 'failed', { at, error: messageOf(error) });
    return 'failed';
  } finally {
    await scans.releaseLease(lease);
  }
}

/**
 * Cancels a preview that the limits of the target do not allow. Checked once in each run: before it
 * lists anything, and when it resumes.
 */
async function isRefused({ scans, previews, now }: Batcher, scan: Scan): Promise<boolean> {
  const error = await whyNotBegin(scans, previews, scan);
  if (error === null) return false;
  const at = new Date(now()).toISOString();
  return scans.setState(scan.id, ['running', 'paused'], 'cancelled', { at, error });
}

/**
 * Readers that list no object outside the areas a preview may read, however it names objects (a
 * prefix, an inventory, a hash).
 */
function readersWithin(readers: Readers, { preview }: Scan): Readers {
  if (preview === null) return readers;
  return new Map([...readers].map(([bucket, reader]) => [bucket, withinAreas(reader, preview.within)]));
}

async function deltasOf({ library, observe }: Batcher, { rulesetId }: Scan): Promise<DeltaRulesets> {
  const onRefused = (_: string, message: string) => observe({ type: 'problem', where: 'ruleset', message });
  return createDeltaRulesets({ library, onRefused }, await library.get(rulesetId));
}

async function sendUnsent({ scans, queues }: Batcher, { id: scanId, kind }: Scan): Promise<void> {
  const queue = kind === 'preview' ? queues.preview : queues.retro;
  for (;;) {
    const batchIds = await scans.unsentBatches(scanId, { limit: sendPageSize });
    if (batchIds.length === 0) return;
    // Sent first, marked second: a crash in between sends twice, and a batch reports once.
    await queue.send(batchIds.map((batchId) => batchDue({ scanId, batchId })));
    await scans.markSent(scanId, batchIds);
  }
}

interface Planning {
  readonly batcher: Batcher;
  readonly scan: Scan;
  readonly deltas: DeltaRulesets;
  readonly readers: Readers;
}

interface Planned {
  readonly step: Checkpoint;
  /** Maximum number of objects that it was made of. */
  readonly limit: number;
}

/**
 * Plans only as many objects as fit the batches of one checkpoint: with large files that is less
 * than a page.
 */
async function planStep(planning: Planning, firstLimit: number): Promise<Planned> {
  for (let limit = firstLimit; ; limit = Math.ceil(limit / 4)) {
    const step = await planPage(planning, limit);
    if (step.batches.length <= maxBatchesPerCheckpoint) return { step, limit };
  }
}

/**
 * The limit for the next step. A limit that was too high usually is again, and an inventory fetches
 * a file again for each page that is requested twice.
 */
function nextLimit({ step, limit }: Planned): number {
  const hasRoom = 2 * step.batches.length <= maxBatchesPerCheckpoint;
  return hasRoom ? Math.min(objectsPerStep, 2 * limit) : limit;
}

async function planPage({ batcher, scan, deltas, readers }: Planning, limit: number): Promise<Checkpoint> {
  const { buckets, filter, cursor } = scan;
  const whole = await listCorpus(readers, { buckets, filter, cursor, limit });
  const page = scan.preview === null ? whole : cutPage(scan, await samplePage(batcher.records, scan.preview, whole));
  const { due, settled } = await sortObjects(batcher, scan, page.objects, deltas);
  const entries = [...page.problems, ...settled];
  let sequence = scan.batches.planned;
  const nextId = () => `${scan.id}/${String(sequence++).padStart(8, '0')}`;
  const limits = scan.kind === 'preview' && batcher.untimed !== true ? timedPreviewLimits : batchLimits;
  const batches = [...due].flatMap(([rulesetId, objects]) =>
    packBatches(objects, limits).map(
      (packed): RetroBatch => ({ scanId: scan.id, batchId: nextId(), rulesetId, objects: packed }),
    ),
  );
  return {
    // At the end the cursor no longer matters.
    cursor: page.next ?? cursor ?? { bucket: buckets[0] ?? '', after: null },
    listingDone: page.next === null,
    listed: {
      objects: page.objects.length + page.problems.length,
      bytes: page.objects.reduce((sum, object) => sum + object.size, 0),
    },
    batches,
    settled: entries.length === 0 ? null : { batchId: nextId(), entries },
  };
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
 * Objects that are due, by the ruleset that they still need, and the outcomes of those that are
 * not.
 */
async function sortObjects(batcher: Batcher, scan: Scan, objects: readonly ObjectInfo[], deltas: DeltaRulesets) {
  const due = new Map<string, ObjectInfo[]>();
  const settled: LedgerEntry[] = [];
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
    const rulesetId = scan.full
      ? scan.rulesetId
      : await deltas.idFor(coveredLogic(record?.coverage ?? [], size, batcher));
    if (rulesetId === null) {
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
    const group = due.get(rulesetId) ?? [];
    group.push(object);
    due.set(rulesetId, group);
  }
  return { due, settled };
}
