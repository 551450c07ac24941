import { RearviewError } from '../../../domain/errors.ts';
import { addCounts, countEntries, type LedgerCounts, noCounts } from '../../../domain/scans/outcome.ts';
import { isPlanned, type Scan } from '../../../domain/scans/scan.ts';
import type { BatchReport } from '../../../ports/scan-store.ts';
import { batchKey, distinctEntries, reportActions, storedBatch } from './batch-items.ts';
import { type LedgerSums, unsentKey } from './scan-items.ts';
import { type Item, maxActions, type Table, type Transaction, untilWritten } from './table.ts';

/** Reports per transaction: most have one object, and one write. */
const reportsPerWrite = 50;

type ReportedScan = Pick<Scan, 'id' | 'kind'>;
type SumsAction = (sums: LedgerSums) => Promise<Transaction['actions'][number]>;

/**
 * Writes reports and their changes to the sums of the scan in the same transactions, on condition
 * that no other report intervened. Therefore the sums match the ledger at any moment.
 * @param sumsAction what a transaction changes at the scan
 */
export async function writeReports(
  table: Table,
  scan: ReportedScan,
  reports: readonly BatchReport[],
  sumsAction: SumsAction,
): Promise<void> {
  for (let at = 0; at < reports.length; ) {
    at += await writeSome(table, scan, reports.slice(at, at + reportsPerWrite), sumsAction);
  }
}

/** Returns how many were written: those that fit into a transaction, from the first on. */
function writeSome(
  table: Table,
  scan: ReportedScan,
  reports: readonly BatchReport[],
  sumsAction: SumsAction,
): Promise<number> {
  return untilWritten(table.name, async () => {
    const items = await table.getAll(reports.map(({ batchId }) => batchKey(scan.id, batchId)));
    const byId = new Map<unknown, Item>(items.map((item) => [item['sk'], item]));
    const actions: Transaction['actions'][number][] = [];
    let counts: LedgerCounts = noCounts;
    let reported = 0;
    let written = 0;
    for (const { batchId, ...report } of reports) {
      const entries = distinctEntries(report.entries);
      const item = byId.get(batchId);
      if (item === undefined && isPlanned(scan)) {
        throw new RearviewError('ERR_NOT_FOUND', `Scan ${scan.id} has no batch ${batchId}.`);
      }
      const before = item === undefined ? null : storedBatch(item);
      const some = [...(await reportActions(scan.id, batchId, entries, before))];
      if (isPlanned(scan) && before?.hasReported !== true) some.push({ remove: unsentKey(scan.id, batchId) });
      // One is for the sums.
      if (actions.length > 0 && actions.length + some.length + 1 > maxActions) break;
      actions.push(...some);
      counts = addCounts(addCounts(counts, before?.counts ?? noCounts, -1), countEntries(entries));
      if (before?.hasReported !== true) reported += 1;
      written += 1;
    }
    actions.push(await sumsAction({ counts, reported }));
    return (await table.write(actions)) ? { done: written } : undefined;
  });
}
