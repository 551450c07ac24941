import { RearviewError } from '../../domain/errors.ts';
import type { LedgerEntry } from '../../domain/scans/outcome.ts';
import type { BatchRef } from '../pipeline/messages.ts';
import { previewBatch } from '../previews/preview-batch.ts';
import { analyzeObjects } from './analyze-objects.ts';
import type { Analyzer } from './analyzer.ts';
import type { TimeLimit } from './work-through.ts';

/**
 * `done`: it has reported, or its scan has no use for it. `unfinished` (never a preview): time ran
 * out; what was done is kept, and its message must be sent again.
 */
export type BatchResult = 'done' | 'unfinished';

/**
 * Analyzes one batch of a retro scan or a preview, and reports it. Objects are independent: those
 * that might succeed later keep the batch from reporting until the last delivery, the others keep
 * their outcomes.
 *
 * @param options.time ends it before the next object. Default: without end
 * @throws RearviewError what is retryable of any object, unless this is the last attempt
 */
export async function analyzeBatch(
  analyzer: Analyzer,
  batchRef: BatchRef,
  options: { readonly lastAttempt: boolean; readonly time?: TimeLimit },
): Promise<BatchResult> {
  const { scanId, batchId, since } = batchRef;
  const scan = await analyzer.scans.get(scanId);
  if (scan === null || scan.state === 'cancelled' || scan.state === 'failed') return 'done';
  if (scan.state === 'paused') {
    await analyzer.scans.markUnsent(scanId, batchId);
    return 'done';
  }
  const batch = await analyzer.scans.getBatch(scanId, batchId);
  if (batch === null) throw new RearviewError('ERR_NOT_FOUND', `Scan ${scanId} has no batch ${batchId}.`);
  const ruleset = await analyzer.library.get(batch.rulesetId);

  const { kind } = scan;
  if (kind === 'preview') {
    const entries = await previewBatch(analyzer, scan, { batch, ruleset, ...options });
    if (entries !== null) await reportBatch(analyzer, batchRef, entries);
    return 'done';
  }
  const { lastAttempt, ...time } = options;
  const tasks = batch.objects.map(({ unindexed = false, ...object }) => ({ object, lastAttempt, unindexed }));
  const { done, failed, left } = await analyzeObjects(analyzer, {
    tasks,
    ruleset,
    scan: { ...scan, kind },
    ...time,
    ...(since === undefined ? {} : { since }),
  });
  if (left.length > 0) return 'unfinished';
  const [failure] = failed;
  if (failure !== undefined) throw failure.error;

  await reportBatch(
    analyzer,
    batchRef,
    done.map(({ entry }) => entry),
  );
  return 'done';
}

async function reportBatch(
  analyzer: Analyzer,
  { scanId, batchId }: BatchRef,
  entries: readonly LedgerEntry[],
): Promise<void> {
  await analyzer.scans.report(scanId, [{ batchId, entries }]);
  await completeScan(analyzer, scanId);
}

/** Completes the scan if this was its last batch. */
export async function completeScan(
  analyzer: Pick<Analyzer, 'scans' | 'now' | 'observe'>,
  scanId: string,
): Promise<void> {
  if (!(await analyzer.scans.completeIfDone(scanId, { at: new Date(analyzer.now()).toISOString() }))) return;
  const scan = await analyzer.scans.get(scanId);
  if (scan !== null) analyzer.observe({ type: 'scan_completed', scan });
}
