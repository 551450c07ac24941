import { hasCode } from '../domain/errors.ts';
import type { ObjectInfo } from '../domain/object.ts';
import type { LedgerEntry } from '../domain/outcome.ts';
import type { RetroBatch, Scan } from '../domain/scan.ts';
import { bytesToScan, type SizeLimit } from '../domain/size-limit.ts';
import type { Queue } from '../ports/queue.ts';
import { type Checkpoint, maxBatchesPerCheckpoint, maxSettledPerCheckpoint } from '../ports/scan-store.ts';
import { completeScan } from './analyze-batch.ts';
import type { Analyzer } from './analyzer.ts';
import { createDeltaRulesets, type DeltaRulesets } from './delta-rulesets.ts';
import { listCorpus } from './list-corpus.ts';
import { batchDue } from './messages.ts';
import { packBatches } from './pack-batches.ts';

const objectsPerStep = maxSettledPerCheckpoint;
const batchLimits = { maxObjects: 100, maxBytes: 64 * 1024 * 1024 } as const;
const leaseTtlMs = 60_000;
const sendPageSize = 100;

export type Batcher = Pick<
  Analyzer,
  'readers' | 'records' | 'scans' | 'library' | keyof SizeLimit | 'now' | 'observe'
> & {
  readonly queue: Queue;
  /** Names this batcher among others. */
  readonly owner: string;
};

/** `listed`: all batches are sent. `stopped`: the signal, a pause or a cancel ended it; run it again to go on. `busy`: another batcher has the scan. */
export type BatcherResult = 'listed' | 'stopped' | 'busy';

/**
 * Lists the corpus of one retro scan, packs what still needs scanning into batches, and sends them. Each step is written before it is sent, so a
 * batcher that dies anywhere is continued by the next one, with no object lost.
 */
export async function runBatcher(batcher: Batcher, scanId: string, signal: AbortSignal): Promise<BatcherResult> {
  const { scans, now } = batcher;
  const lease = await scans.acquireLease(scanId, batcher.owner, { nowMs: now(), ttlMs: leaseTtlMs });
  if (lease === null) return 'busy';
  try {
    let deltas: DeltaRulesets | undefined;
    for (;;) {
      const scan = await scans.get(scanId);
      if (scan === null || scan.state !== 'running' || signal.aborted) return 'stopped';
      await sendUnsent(batcher, scanId);
      if (scan.listingDone) {
        await completeScan(batcher, scanId);
        return 'listed';
      }
      deltas ??= createDeltaRulesets(batcher.library, await batcher.library.get(scan.rulesetId));
      const step = await planStep(batcher, scan, deltas);
      await scans.checkpoint(lease, step, { nowMs: now(), ttlMs: leaseTtlMs });
    }
  } catch (error) {
    if (hasCode(error, 'ERR_LEASE_LOST')) return 'busy';
    if (hasCode(error, 'ERR_STATE')) return 'stopped';
    throw error;
  } finally {
    await scans.releaseLease(lease);
  }
}

async function sendUnsent({ scans, queue }: Batcher, scanId: string): Promise<void> {
  for (;;) {
    const batchIds = await scans.unsentBatches(scanId, { limit: sendPageSize });
    if (batchIds.length === 0) return;
    // Sent first, marked second: a crash in between sends twice, and a batch reports once.
    await queue.send(batchIds.map((batchId) => batchDue({ scanId, batchId })));
    await scans.markSent(scanId, batchIds);
  }
}

/** Plans as many objects as make no more batches than a checkpoint takes: with large files that is fewer than a page. */
async function planStep(batcher: Batcher, scan: Scan, deltas: DeltaRulesets): Promise<Checkpoint> {
  for (let limit: number = objectsPerStep; ; limit = Math.ceil(limit / 4)) {
    const step = await planPage(batcher, scan, deltas, limit);
    if (step.batches.length <= maxBatchesPerCheckpoint) return step;
  }
}

async function planPage(batcher: Batcher, scan: Scan, deltas: DeltaRulesets, limit: number): Promise<Checkpoint> {
  const { buckets, filter, cursor } = scan;
  const page = await listCorpus(batcher.readers, { buckets, filter, cursor, limit });
  const { due, settled } = await sortObjects(batcher, scan, page.objects, deltas);
  const entries = [...page.problems, ...settled];
  let sequence = scan.batches.planned;
  const nextId = () => `${scan.id}/${String(sequence++).padStart(8, '0')}`;
  const batches = [...due].flatMap(([rulesetId, objects]) =>
    packBatches(objects, batchLimits).map(
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

/** Objects that are due, by the ruleset that they still need, and the outcomes of those that are not. */
async function sortObjects(batcher: Batcher, scan: Scan, objects: readonly ObjectInfo[], deltas: DeltaRulesets) {
  const due = new Map<string, ObjectInfo[]>();
  const settled: LedgerEntry[] = [];
  const records = await batcher.records.getMany(objects);
  for (const [index, object] of objects.entries()) {
    const record = records[index] ?? null;
    const { bucket, key, version, size } = object;
    if (bytesToScan(size, batcher) === null) {
      const detail = `${size} bytes; the limit is ${batcher.maxObjectBytes}`;
      settled.push({ bucket, key, version, size, outcome: { status: 'skipped', reason: 'too_large', detail } });
      continue;
    }
    const rulesetId = scan.full ? scan.rulesetId : await deltas.idFor(record?.coverage ?? []);
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
