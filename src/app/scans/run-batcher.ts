import { hasCode, messageOf } from '../../domain/errors.ts';
import type { Scan } from '../../domain/scans/scan.ts';
import type { ObjectReader } from '../../ports/object-store.ts';
import { completeScan } from '../analysis/analyze-batch.ts';
import { batchDue } from '../pipeline/messages.ts';
import { whyNotBegin } from '../previews/admit-preview.ts';
import { withinAreas } from '../previews/within-areas.ts';
import type { Batcher } from './batcher.ts';
import { nextLimit, objectsPerStep, planStep, rulesOf, type ScanRules } from './plan-step.ts';

const leaseTtlMs = 60_000;
const sendPageSize = 100;

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
  // Opening a large index, or a page of it, may take longer than the lease lasts. A renewal that
  // fails is repeated, and a checkpoint without the lease writes nothing.
  const renew = () => scans.renewLease(lease, { nowMs: now(), ttlMs: leaseTtlMs }).catch(() => undefined);
  const renewing = setInterval(() => void renew(), batcher.renewMs ?? leaseTtlMs / 3);
  try {
    let rules: ScanRules | undefined;
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
      rules ??= await rulesOf(batcher, scan);
      inventories = scan.inventories;
      readers ??= readersWithin(await batcher.readersFor(scan), scan);
      const planned = await planStep({ batcher, scan, ...rules, readers }, limit);
      limit = nextLimit(planned);
      await scans.checkpoint(lease, planned.step, { nowMs: now(), ttlMs: leaseTtlMs });
      planned.commit();
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
    clearInterval(renewing);
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
