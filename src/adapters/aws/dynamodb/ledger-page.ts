import * as z from 'zod';
import type { LedgerEntry } from '../../../domain/scans/outcome.ts';
import type { ScanStore } from '../../../ports/scan-store.ts';
import { batchPartition, batchShards, entriesOf, troublePartition } from './batch-items.ts';
import type { Table } from './table.ts';

type LedgerPage = Awaited<ReturnType<ScanStore['ledger']>>;

/** Partition, sort key, and entry within the item, of the last entry of a page. */
const placeSchema = z.tuple([z.number(), z.string(), z.number()]);

/**
 * Reads a page of a scan's ledger, batch by batch. Entries of skipped and failed objects are stored
 * separately. If only these are requested, no others are read.
 */
export async function ledgerPage(
  table: Table,
  scanId: string,
  { statuses, limit, after }: Parameters<ScanStore['ledger']>[1],
): Promise<LedgerPage> {
  const partitions = partitionsOf(scanId, statuses);
  const [firstPartition, lastKey, lastIndex] = after === undefined ? [0, '', -1] : placeSchema.parse(JSON.parse(after));
  const entries: LedgerEntry[] = [];
  for (let at = firstPartition; at < partitions.length; at += 1) {
    const isFirst = at === firstPartition && lastKey !== '';
    const items = table.query({
      KeyConditionExpression: isFirst ? 'pk = :pk AND sk >= :from' : 'pk = :pk',
      ExpressionAttributeValues: { ':pk': partitions[at], ...(isFirst ? { ':from': lastKey } : {}) },
      ProjectionExpression: 'sk, entries',
      ConsistentRead: true,
    });
    for await (const item of items) {
      const key = String(item['sk']);
      for (const [index, entry] of entriesOf(item).entries()) {
        if (isFirst && key === lastKey && index <= lastIndex) continue;
        if (statuses !== undefined && !statuses.includes(entry.outcome.status)) continue;
        entries.push(entry);
        if (entries.length === limit) return { entries, next: JSON.stringify([at, key, index]) };
      }
    }
  }
  return { entries, next: null };
}

function partitionsOf(scanId: string, statuses: Parameters<ScanStore['ledger']>[1]['statuses']): readonly string[] {
  const shards = Array.from({ length: batchShards }, (_, shard) => shard);
  const hasFine = statuses === undefined || statuses.includes('scanned') || statuses.includes('covered');
  const hasTrouble = statuses === undefined || statuses.includes('skipped') || statuses.includes('failed');
  return [
    ...(hasTrouble ? shards.map((shard) => troublePartition(scanId, shard)) : []),
    ...(hasFine ? shards.map((shard) => batchPartition(scanId, shard)) : []),
  ];
}
