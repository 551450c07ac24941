import pMap from 'p-map';
import * as z from 'zod';
import { addCounts, noCounts } from '../../../domain/scans/outcome.ts';
import type { Scan } from '../../../domain/scans/scan.ts';
import type { BatchReport } from '../../../ports/scan-store.ts';
import { countsSchema } from '../../stored/scan.ts';
import {
  batchKey,
  batchPartition,
  batchShards,
  distinctEntries,
  firstReportItem,
  reportActions,
  storedBatch,
} from './batch-items.ts';
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
 * Writes reports to an open ledger, each separately and without sums. Reports of clean objects that
 * were not reported before are one write each, many in a request.
 */
export async function writeToOpenLedger(table: Table, scanId: string, reports: readonly BatchReport[]): Promise<void> {
  const distinct = reports.map((report) => ({ ...report, entries: distinctEntries(report.entries) }));
  const left = await writeFirstReports(table, scanId, distinct);
  await pMap(left, (each) => writeReport(table, scanId, each), { concurrency: writesAtOnce });
}

interface ReportLeft {
  readonly report: BatchReport;
  /** An object has rarely been reported before: the condition of the write detects it. */
  readonly isThoughtNew: boolean;
}

/** Writes the reports that fit into one new item, many in a request. Returns those that are left. */
async function writeFirstReports(
  table: Table,
  scanId: string,
  reports: readonly BatchReport[],
): Promise<readonly ReportLeft[]> {
  // A single write takes one request in any case.
  if (reports.length < 2) return reports.map((report) => ({ report, isThoughtNew: true }));
  const items = await Promise.all(reports.map((report) => firstReportItem(scanId, report)));
  const small = items.filter((item) => item !== null);
  const results = await table.insertNew(small);
  const byItem = new Map(small.map((item, index) => [item, results[index]]));
  return reports.flatMap((report, index) => {
    const item = items[index];
    const inserted = item == null ? 'unknown' : byItem.get(item);
    return inserted === 'written' ? [] : [{ report, isThoughtNew: inserted !== 'exists' }];
  });
}

function writeReport(
  table: Table,
  scanId: string,
  { report: { batchId, entries }, ...left }: ReportLeft,
): Promise<void> {
  let { isThoughtNew } = left;
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
