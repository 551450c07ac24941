import pMap from 'p-map';
import { RearviewError } from '../domain/errors.ts';
import type { LedgerEntry } from '../domain/outcome.ts';
import { analyzeObject } from './analyze-object.ts';
import type { Analyzer } from './analyzer.ts';

/**
 * Analyzes one batch of a retro scan and reports it. Objects fare independently: those that might succeed later keep the batch from
 * reporting until the last delivery, the others keep their outcomes.
 *
 * @throws RearviewError what is retryable of any object, unless this is the last attempt
 */
export async function analyzeBatch(
  analyzer: Analyzer,
  batchRef: { readonly scanId: string; readonly batchId: string },
  delivery: { readonly lastAttempt: boolean },
): Promise<void> {
  const { scanId, batchId } = batchRef;
  const scan = await analyzer.scans.get(scanId);
  if (scan === null || scan.state === 'cancelled' || scan.state === 'failed') return;
  if (scan.state === 'paused') {
    await analyzer.scans.markUnsent(scanId, batchId);
    return;
  }
  const batch = await analyzer.scans.getBatch(scanId, batchId);
  if (batch === null) throw new RearviewError('ERR_NOT_FOUND', `Scan ${scanId} has no batch ${batchId}.`);
  const ruleset = await analyzer.library.get(batch.rulesetId);

  const failures: unknown[] = [];
  const results = await pMap(
    batch.objects,
    async (object): Promise<readonly LedgerEntry[]> => {
      try {
        return [await analyzeObject(analyzer, { object, ruleset, scan, lastAttempt: delivery.lastAttempt })];
      } catch (error) {
        failures.push(error);
        return [];
      }
    },
    // One more than there are workers, so that the next file is read while the others are scanned.
    { concurrency: analyzer.pool.workers + 1 },
  );
  if (failures.length > 0) throw failures[0];

  await analyzer.scans.report(scanId, [{ batchId, entries: results.flat() }]);
  await completeScan(analyzer, scanId);
}

/** Completes the scan if that was the last of it. */
export async function completeScan(
  analyzer: Pick<Analyzer, 'scans' | 'now' | 'observe'>,
  scanId: string,
): Promise<void> {
  if (!(await analyzer.scans.completeIfDone(scanId, { at: new Date(analyzer.now()).toISOString() }))) return;
  const scan = await analyzer.scans.get(scanId);
  if (scan !== null) analyzer.observe({ type: 'scan_completed', scan });
}
