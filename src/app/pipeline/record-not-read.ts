import type { LedgerEntry, Outcome } from '../../domain/scans/outcome.ts';
import type { ScanStore } from '../../ports/scan-store.ts';
import { liveBatchId, liveScanAt } from '../analysis/analyze-live.ts';
import type { UploadReport } from '../uploads/upload-report.ts';

/**
 * Writes into the ledger of the day what arrived and was not read: a link, FIFO, socket or device,
 * or a file that is denied or unreadable. A repeated report of the same path replaces the earlier
 * one. Other reports change nothing.
 * @param options.bucket that the file would have gone to
 */
export async function recordNotRead(
  scans: ScanStore,
  report: UploadReport,
  { bucket, nowMs }: { readonly bucket: string; readonly nowMs: number },
): Promise<void> {
  const outcome = outcomeOf(report);
  if (outcome === null) return;
  const entry: LedgerEntry = { bucket, key: report.key, version: '', size: 0, outcome };
  const { id } = await liveScanAt(scans, new Date(nowMs).toISOString());
  await scans.report(id, [{ batchId: liveBatchId(entry), entries: [entry] }]);
}

function outcomeOf(report: UploadReport): Outcome | null {
  if (report.status !== 'failed') return null;
  const { reason, detail } = report;
  if (reason === 'not_a_regular_file') return { status: 'skipped', reason, detail };
  return reason === 'denied' || reason === 'unreadable' ? { status: 'failed', reason, detail } : null;
}
