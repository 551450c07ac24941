import { RearviewError } from '../../../domain/errors.ts';
import { addCounts, countEntries, type LedgerCounts, noCounts } from '../../../domain/scans/outcome.ts';
import { isPlanned, type Scan } from '../../../domain/scans/scan.ts';
import type { BatchReport } from '../../../ports/scan-store.ts';
import { batchKey, distinctEntries, reportActions, storedBatch } from './batch-items.ts';
import { countAction, unsentKey } from './scan-items.ts';
import { type Item, maxActions, type Table, type Transaction, untilWritten } from './table.ts';

/** Reports per transaction: most have one object, and one write. */
const reportsPerWrite = 50;

type ReportedScan = Pick<Scan, 'id' | 'kind'>;

/**
 * Writes reports and their changes to the sums of the scan in the same transactions, on condition
 * that no other report intervened. Therefore the sums match the ledger at any moment.
 */
export async function writeReports(table: Table, scan: ReportedScan, reports: readonly BatchReport[]): Promise<void> {
  // The last of two reports of one batch wins.
  const distinct = [...new Map(reports.map((report) => [report.batchId, report])).values()];
  for (let at = 0; at < distinct.length; ) {
    at += await writeSome(table, scan, distinct.slice(at, at + reportsPerWrite));
  }
}

/** Returns how many were written: those that fit into a transaction, from the first on. */
function writeSome(table: Table, scan: ReportedScan, reports: readonly BatchReport[]): Promise<number> {
  // Live batches have rarely been reported before: the condition on the write detects it, which
  // saves one read per object.
  let isThoughtNew = !isPlanned(scan);
  return untilWritten(table.name, async () => {
    const items = isThoughtNew ? [] : await table.getAll(reports.map(({ batchId }) => batchKey(scan.id, batchId)));
    isThoughtNew = false;
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
    actions.push(countAction(scan.id, { counts, reported }));
    return (await table.write(actions)) ? { done: written } : undefined;
  });
}
