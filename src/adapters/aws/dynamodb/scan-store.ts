import * as z from 'zod';
import { RearviewError } from '../../../domain/errors.ts';
import { finalStates, isPlanned, type Scan, type ScanState } from '../../../domain/scans/scan.ts';
import type { ScanStore } from '../../../ports/scan-store.ts';
import { batchKey, retroBatchOf } from './batch-items.ts';
import { holds } from './errors.ts';
import { createExclusionReads } from './exclusion-items.ts';
import { ledgerPage } from './ledger-page.ts';
import { listScans } from './list-scans.ts';
import {
  isOfToday,
  lateAction,
  ledgerSums,
  openLedgerKey,
  storeOldestSums,
  writeToOpenLedger,
} from './open-ledgers.ts';
import {
  activeKeyOf,
  activeScans,
  countAction,
  everyScan,
  inTime,
  type StoredScan,
  scanAndCounts,
  scanItem,
  scanKey,
  scanOf,
  scanPartition,
} from './scan-items.ts';
import { createScanLeases } from './scan-leases.ts';
import { writeReports } from './scan-reports.ts';
import { type Item, type Table, untilWritten } from './table.ts';
import { createUnsentBatches } from './unsent-batches.ts';
import { createScanUpdate } from './update-scan.ts';

const idRow = z.object({ id: z.string() });
const isFinal = (state: ScanState) => finalStates.includes(state);

/**
 * Scans, batches and ledgers in DynamoDB. The sums of a planned scan move with its reports. Those of
 * a live scan are added up from its ledger, and stored after its day.
 * @param options.now Default: `Date.now`
 */
export function createDynamoScanStore(table: Table, { now = Date.now } = {}): ScanStore {
  /** By id, as last read. A scan keeps its kind, and is never removed. */
  const known = new Map<string, StoredScan>();

  async function find(scanId: string): Promise<StoredScan | null> {
    const items = table.query({
      KeyConditionExpression: 'pk = :pk AND sk BETWEEN :from AND :to',
      ExpressionAttributeValues: { ':pk': scanPartition(scanId), ':from': scanAndCounts.from, ':to': scanAndCounts.to },
      ConsistentRead: true,
    });
    const all: Item[] = [];
    for await (const item of items) all.push(item);
    const found = scanOf(all);
    if (found !== null) known.set(scanId, found);
    return found;
  }

  async function findWithSums(scanId: string): Promise<StoredScan | null> {
    const found = await find(scanId);
    if (found?.isOpen !== true) return found;
    const { counts, reported } = await ledgerSums(table, scanId);
    return { ...found, scan: { ...found.scan, counts, batches: { ...found.scan.batches, reported } } };
  }

  async function need(scanId: string): Promise<StoredScan> {
    const found = await find(scanId);
    if (found === null) throw new RearviewError('ERR_NOT_FOUND', `There is no scan ${scanId}.`);
    return found;
  }

  const update = createScanUpdate(table);

  /** Moves a scan to a final state, and frees what only an active scan has. */
  function end(stored: StoredScan, move: { readonly condition: string; readonly values: Record<string, unknown> }) {
    const { scan, activeKey } = stored;
    return table.write([
      {
        update: scanKey(scan.id),
        expression: 'SET #state = :to, finishedAt = :at, #error = :error',
        condition: move.condition,
        names: { '#state': 'state', '#error': 'error' },
        values: move.values,
      },
      { remove: { pk: activeScans(scan.kind), sk: inTime(scan) } },
      {
        remove: activeKeyOf(activeKey),
        condition: 'attribute_not_exists(pk) OR id = :id',
        values: { ':id': scan.id },
      },
    ]);
  }

  return {
    create: (scan, activeKey) =>
      untilWritten<{ scan: Scan; created: boolean }>(table.name, async () => {
        const [same, holder] = await Promise.all([find(scan.id), table.get(activeKeyOf(activeKey))]);
        if (same !== null) return { done: { scan: same.scan, created: false } };
        const active = holder === null ? null : await find(idRow.parse(holder).id);
        if (active !== null && !isFinal(active.scan.state)) return { done: { scan: active.scan, created: false } };
        const inIndex = { sk: inTime(scan), id: scan.id };
        const absent = 'attribute_not_exists(pk)';
        const written = await table.write([
          { put: scanItem(scan, activeKey), condition: absent },
          { put: { pk: everyScan(scan.kind), ...inIndex } },
          { put: { pk: activeScans(scan.kind), ...inIndex } },
          { put: { ...activeKeyOf(activeKey), id: scan.id }, condition: absent },
          ...(isPlanned(scan) ? [] : [{ put: { ...openLedgerKey(scan), id: scan.id } }]),
        ]);
        return written ? { done: { scan, created: true } } : undefined;
      }),
    get: async (scanId, { sums = true } = {}) => (await (sums ? findWithSums : find)(scanId))?.scan ?? null,
    list: (options) => listScans(table, findWithSums, options),
    async setState(scanId, from, to, { at, error = null }) {
      const stored = await find(scanId);
      if (stored === null || from.length === 0) return false;
      const condition = `#state IN (${from.map((_, index) => `:from${index}`).join(', ')})`;
      const values = {
        ':to': to,
        ':at': isFinal(to) ? at : null,
        ':error': error,
        ...Object.fromEntries(from.map((state, index) => [`:from${index}`, state])),
      };
      if (!isFinal(to)) {
        return holds(() =>
          update(scanId, {
            UpdateExpression: 'SET #state = :to, finishedAt = :at, #error = :error',
            ConditionExpression: condition,
            ExpressionAttributeNames: { '#state': 'state', '#error': 'error' },
            ExpressionAttributeValues: values,
          }),
        );
      }
      return untilWritten(table.name, async () => {
        if (await end(stored, { condition, values })) return { done: true };
        const now = await find(scanId);
        return now === null || !from.includes(now.scan.state) ? { done: false } : undefined;
      });
    },

    ...createScanLeases(table, update, need),
    ...createUnsentBatches(table),
    async getBatch(scanId, batchId) {
      const item = await table.get(batchKey(scanId, batchId));
      return item === null ? null : retroBatchOf(item, scanId, batchId);
    },
    async report(scanId, reports) {
      // The last of two reports of one batch wins.
      const distinct = [...new Map(reports.map((report) => [report.batchId, report])).values()];
      const { scan, isOpen } = known.get(scanId) ?? (await need(scanId));
      if (isOpen && isOfToday(scan, now())) return writeToOpenLedger(table, scanId, distinct);
      await writeReports(table, scan, distinct, async (sums) => {
        const isStillOpen = isOpen && (await need(scanId)).isOpen;
        return isStillOpen ? lateAction(scanId) : countAction(scanId, sums);
      });
    },
    storeOldestSums: () => storeOldestSums(table, find, now()),
    async completeIfDone(scanId, { at }) {
      const stored = await find(scanId);
      if (stored === null) return false;
      const { state, listingDone, batches } = stored.scan;
      if (!isPlanned(stored.scan) || state !== 'running' || !listingDone || batches.reported < batches.planned)
        return false;
      return untilWritten(table.name, async () => {
        // Both numbers only grow, and after the listing only one does: numbers that were read as
        // equal stay equal.
        const condition = '#state = :running AND listingDone = :yes AND planned = :planned';
        const values = {
          ...{ ':to': 'completed', ':at': at, ':error': null },
          ...{ ':running': 'running', ':yes': true, ':planned': batches.planned },
        };
        if (await end(stored, { condition, values })) return { done: true };
        return (await find(scanId))?.scan.state === 'running' ? undefined : { done: false };
      });
    },
    ledger: (scanId, options) => ledgerPage(table, scanId, options),
    ...createExclusionReads(table),
  };
}
