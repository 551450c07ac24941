import * as z from 'zod';
import { RearviewError } from '../../../domain/errors.ts';
import { objectId } from '../../../domain/objects/object.ts';
import { countEntries, type LedgerCounts, type LedgerEntry, noCounts } from '../../../domain/scans/outcome.ts';
import type { RetroBatch } from '../../../domain/scans/scan.ts';
import { outcomeSchema } from '../../stored/outcome.ts';
import { previewMatchesSchema } from '../../stored/preview.ts';
import { countsSchema, objectsSchema } from '../../stored/scan.ts';
import { shardOf } from './digest.ts';
import { packJson, unpackJson } from './pack-json.ts';
import type { Item, ItemKey, Transaction } from './table.ts';
import { ledgerDays, ledgerExpiry } from './tables.ts';

/**
 * Partitions over which the batches of a scan are spread: each takes 1,000 writes of 1 KB per
 * second.
 */
export const batchShards = 16;
/**
 * Entries per item. With incompressible keys of 1,024 bytes they take about 250 KB; the limit of an
 * item is 400 KB.
 */
const entriesPerItem = 200;
/** Maximum size of an item in bytes, not counting its key and its numbers. */
const maxBlobBytes = 380_000;

/**
 * Items of a batch. One item has its objects while it is planned, and their outcomes once it has
 * reported. Entries that are neither scanned nor covered are rare and queried separately, so they
 * are in items of another partition. Entries that do not fit into one item are also separate.
 */
export const batchPartition = (scanId: string, shard: number) => `batches#${scanId}#${shard}`;
export const troublePartition = (scanId: string, shard: number) => `trouble#${scanId}#${shard}`;
const extraKey = (batchId: string, index: number) => `${batchId}#${String(index).padStart(4, '0')}`;

export function batchKey(scanId: string, batchId: string): ItemKey {
  return { pk: batchPartition(scanId, shardOf(batchId, batchShards)), sk: batchId };
}

const row = z.object({
  revision: z.number(),
  rulesetId: z.string().optional(),
  objects: z.unknown().optional(),
  counts: countsSchema.nullable(),
  extra: z.number(),
  trouble: z.number(),
});
const entrySchema = z.object({
  bucket: z.string(),
  key: z.string(),
  version: z.string(),
  size: z.number(),
  outcome: outcomeSchema,
  sha256: z.string().exactOptional(),
  preview: previewMatchesSchema.exactOptional(),
});

/** The current state of a batch. */
export interface StoredBatch {
  /** Number of reports. */
  readonly revision: number;
  /** Counts of its last report; null before the first. */
  readonly counts: LedgerCounts;
  readonly hasReported: boolean;
  /** Number of items besides the first. */
  readonly extra: number;
  readonly trouble: number;
}

export function storedBatch(item: Item): StoredBatch {
  const { revision, counts, extra, trouble } = row.parse(item);
  return { revision, counts: counts ?? noCounts, hasReported: counts !== null, extra, trouble };
}

/** Null for a batch that was never to be sent. */
export function retroBatchOf(item: Item, scanId: string, batchId: string): RetroBatch | null {
  const { rulesetId, objects } = row.parse(item);
  if (rulesetId === undefined) return null;
  return { scanId, batchId, rulesetId, objects: objectsSchema.parse(unpackJson(objects)) };
}

export async function plannedBatchItem({ scanId, batchId, rulesetId, objects }: RetroBatch): Promise<Item> {
  const bytes = await packJson(objects);
  if (bytes.length > maxBlobBytes) {
    throw new RearviewError('ERR_CONFIG', `Batch ${batchId} has ${bytes.length} bytes: pack fewer objects into it.`);
  }
  const none = { revision: 0, counts: null, extra: 0, trouble: 0 };
  return { ...batchKey(scanId, batchId), rulesetId, objects: bytes, ...none };
}

/** Returns the entries in an item. */
export function entriesOf(item: Item): readonly LedgerEntry[] {
  return item['entries'] === undefined ? [] : z.array(entrySchema).parse(unpackJson(item['entries']));
}

/** Returns the last of several entries for one object version. */
export function distinctEntries(entries: readonly LedgerEntry[]): readonly LedgerEntry[] {
  return [...new Map(entries.map((entry) => [objectId(entry), entry])).values()];
}

/**
 * Returns the actions of a transaction that replaces the previous report. Scanned and covered
 * entries expire from the ledger after `ledgerDays`; skipped and failed ones stay.
 */
export async function reportActions(
  scanId: string,
  batchId: string,
  entries: readonly LedgerEntry[],
  before: StoredBatch | null,
): Promise<Transaction['actions']> {
  const { pk, sk } = batchKey(scanId, batchId);
  const troublePk = troublePartition(scanId, shardOf(batchId, batchShards));
  const { extra, trouble, expiry, fields } = await reportParts(entries, (before?.revision ?? 0) + 1);
  const names = Object.keys(fields);
  const replaced = (kept: number, had: number, partition: string) =>
    Array.from({ length: Math.max(0, had - kept) }, (_, index) => ({
      remove: { pk: partition, sk: extraKey(batchId, kept + index) },
    }));
  return [
    {
      update: { pk, sk },
      expression: `SET ${names.map((name) => `#${name} = :${name}`).join(', ')}`,
      condition: before === null ? 'attribute_not_exists(pk)' : 'revision = :before',
      names: Object.fromEntries(names.map((name) => [`#${name}`, name])),
      values: {
        ...Object.fromEntries(Object.entries(fields).map(([name, value]) => [`:${name}`, value])),
        ...(before === null ? {} : { ':before': before.revision }),
      },
    },
    ...extra.map((blob, index) => ({
      put: { pk, sk: extraKey(batchId, index), entries: blob, [ledgerExpiry]: expiry },
    })),
    ...trouble.map((blob, index) => ({ put: { pk: troublePk, sk: extraKey(batchId, index), entries: blob } })),
    ...replaced(extra.length, before?.extra ?? 0, pk),
    ...replaced(trouble.length, before?.trouble ?? 0, troublePk),
  ];
}

/**
 * Returns the item that a first report of one batch leaves; null if it takes several, see
 * `reportActions`.
 */
export async function firstReportItem(
  scanId: string,
  { batchId, entries }: { readonly batchId: string; readonly entries: readonly LedgerEntry[] },
): Promise<Item | null> {
  const { extra, trouble, fields } = await reportParts(entries, 1);
  return extra.length + trouble.length > 0 ? null : { ...batchKey(scanId, batchId), ...fields };
}

/** The attributes of the item of a batch, and the entries that are in further items. */
async function reportParts(entries: readonly LedgerEntry[], revision: number) {
  const [first = await packJson([]), ...extra] = await blobsOf(entries.filter((entry) => !isTrouble(entry)));
  const trouble = await blobsOf(entries.filter(isTrouble));
  const expiry = expiryAt(Date.now());
  const fields = {
    ...{ entries: first, counts: countEntries(entries), extra: extra.length, trouble: trouble.length, revision },
    [ledgerExpiry]: expiry,
  };
  return { extra, trouble, expiry, fields };
}

function isTrouble({ outcome: { status } }: LedgerEntry): boolean {
  return status === 'skipped' || status === 'failed';
}

/**
 * Time at which a batch that reports now expires from the ledger, in the format of DynamoDB: in
 * seconds.
 */
function expiryAt(nowMs: number): number {
  return Math.ceil(nowMs / 1000) + ledgerDays * 24 * 60 * 60;
}

async function blobsOf(entries: readonly LedgerEntry[]): Promise<readonly Uint8Array[]> {
  if (entries.length === 0) return [];
  if (entries.length <= entriesPerItem) {
    const blob = await packJson(entries);
    if (blob.length <= maxBlobBytes || entries.length === 1) return [blob];
  }
  const half = entries.length > entriesPerItem ? entriesPerItem : Math.ceil(entries.length / 2);
  return [...(await blobsOf(entries.slice(0, half))), ...(await blobsOf(entries.slice(half)))];
}
