import pMap from 'p-map';
import { z } from 'zod';
import { addCounts, noCounts } from '../../../domain/scans/outcome.ts';
import type { Scan } from '../../../domain/scans/scan.ts';
import type { BatchReport } from '../../../ports/scan-store.ts';
import { countsSchema } from '../../stored/scan.ts';
import { batchKey, batchPartition, batchShards, distinctEntries, reportActions, storedBatch } from './batch-items.ts';
import { countAction, inTime, type LedgerSums, openLedgers, type StoredScan, scanKey } from './scan-items.ts';
import { type Table, type Transaction, untilWritten } from './table.ts';

/** Well within the connections of a client. */
const writesAtOnce = 16;
const hourMs = 3_600_000;
/**
 * A live scan has the objects that arrive on one day. It is written to without regard to its sums
 * until an hour after that day, when every invocation of the day has ended, and its sums are stored
 * two hours later: the clocks of functions differ by less.
 */
const plainMs = 25 * hourMs;
const settledMs = 27 * hourMs;

const countsRow = z.object({ counts: countsSchema });
const openRow = z.object({ id: z.string() });

/** Whether reports to an open ledger need not be noted at its scan. */
export function isOfToday({ createdAt }: Pick<Scan, 'createdAt'>, nowMs: number): boolean {
  return nowMs < Date.parse(createdAt) + plainMs;
}

/**
 * Writes reports to an open ledger, each separately and without sums. A report of one clean object
 * is one write.
 */
export async function writeToOpenLedger(table: Table, scanId: string, reports: readonly BatchReport[]): Promise<void> {
  await pMap(reports, (report) => writeReport(table, scanId, report), { concurrency: writesAtOnce });
}

function writeReport(table: Table, scanId: string, { batchId, ...report }: BatchReport): Promise<void> {
  const entries = distinctEntries(report.entries);
  // An object has rarely been reported before: the condition of the write detects it, which saves a
  // read.
  let isThoughtNew = true;
  return untilWritten(table.name, async () => {
    const item = isThoughtNew ? null : await table.get(batchKey(scanId, batchId));
    isThoughtNew = false;
    const before = item === null ? null : storedBatch(item);
    const actions = await reportActions(scanId, batchId, entries, before);
    return (await table.write(actions)) ? { done: undefined } : undefined;
  });
}

/** Notes a report that is written after the day of an open ledger, in the same transaction. */
export function lateAction(scanId: string): Transaction['actions'][number] {
  return {
    update: scanKey(scanId),
    expression: 'ADD late :one',
    condition: 'openLedger = :yes',
    values: { ':one': 1, ':yes': true },
  };
}

/** Adds up the ledger of a scan from its batches. */
export async function ledgerSums(table: Table, scanId: string): Promise<LedgerSums> {
  const shards = Array.from({ length: batchShards }, (_, shard) => shard);
  const sums = await pMap(shards, async (shard) => {
    let sum: LedgerSums = { counts: noCounts, reported: 0 };
    const items = table.query({
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': batchPartition(scanId, shard) },
      ProjectionExpression: '#counts',
      ExpressionAttributeNames: { '#counts': 'counts' },
      ConsistentRead: true,
    });
    for await (const item of items) {
      // Entries that do not fit into the item of their batch are in others, without counts.
      const { data } = countsRow.safeParse(item);
      if (data !== undefined) sum = { counts: addCounts(sum.counts, data.counts), reported: sum.reported + 1 };
    }
    return sum;
  });
  return {
    counts: sums.reduce((all, { counts }) => addCounts(all, counts), noCounts),
    reported: sums.reduce((all, { reported }) => all + reported, 0),
  };
}

/**
 * Stores the sums of the oldest open ledger if its day is over: its entries expire one day. Returns
 * whether it did; false also if a late report intervened.
 */
export async function storeOldestSums(
  table: Table,
  find: (scanId: string) => Promise<StoredScan | null>,
  nowMs: number,
): Promise<boolean> {
  const before = new Date(nowMs - settledMs).toISOString();
  const oldest = table.query({
    KeyConditionExpression: 'pk = :pk AND sk < :before',
    ExpressionAttributeValues: { ':pk': openLedgers, ':before': before },
    Limit: 1,
    ConsistentRead: true,
  });
  const { value: item } = await oldest.next();
  if (item === undefined) return false;
  const { id } = openRow.parse(item);
  const found = await find(id);
  if (found === null) return false;
  const sums = await ledgerSums(table, id);
  return table.write([
    {
      update: scanKey(id),
      expression: 'REMOVE openLedger',
      condition: `openLedger = :yes AND ${found.late === 0 ? 'attribute_not_exists(late)' : 'late = :late'}`,
      values: { ':yes': true, ...(found.late === 0 ? {} : { ':late': found.late }) },
    },
    countAction(id, sums),
    { remove: openLedgerKey(found.scan) },
  ]);
}

export const openLedgerKey = (scan: Pick<Scan, 'createdAt' | 'id'>) => ({ pk: openLedgers, sk: inTime(scan) });
