import { z } from 'zod';
import { RearviewError } from '../../../domain/errors.ts';
import { objectId } from '../../../domain/objects/object.ts';
import { countEntries, type LedgerCounts, type LedgerEntry, noCounts } from '../../../domain/scans/outcome.ts';
import type { RetroBatch } from '../../../domain/scans/scan.ts';
import { outcomeSchema } from '../../stored/outcome.ts';
import { previewFindingSchema } from '../../stored/preview.ts';
import { countsSchema, objectsSchema } from '../../stored/scan.ts';
import { shardOf } from './digest.ts';
import { packJson, unpackJson } from './pack-json.ts';
import type { Item, ItemKey, Transaction } from './table.ts';
import { ledgerDays, ledgerExpiry } from './tables.ts';

/** Partitions over which the batches of a scan are spread: each takes 1,000 writes of 1 KB a second. */
export const batchShards = 16;
/** Entries in one item. With keys of 1,024 bytes that nothing compresses they have some 250 KB; an item may have 400 KB. */
const entriesPerItem = 200;
/** An item of this many bytes at most, its key and its numbers not counted. */
const maxBlobBytes = 380_000;

/**
 * What a scan knows of a batch lies in one item: its objects while it is planned, and what became of them once it has reported. Entries that are
 * neither scanned nor covered are rare and asked for by themselves, so they lie in items of a partition of their own; so do those that one
 * item cannot hold.
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
  preview: previewFindingSchema.exactOptional(),
});

/** A batch as it stands. */
export interface StoredBatch {
  /** Counts the reports. */
  readonly revision: number;
  /** Of its last report; none before it. */
  readonly counts: LedgerCounts;
  readonly hasReported: boolean;
  /** Items besides the first. */
  readonly extra: number;
  readonly trouble: number;
}

export function storedBatch(item: Item): StoredBatch {
  const { revision, counts, extra, trouble } = row.parse(item);
  return { revision, counts: counts ?? noCounts, hasReported: counts !== null, extra, trouble };
}

/** Null for a batch that never was to be sent. */
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

/** The entries that an item holds. */
export function entriesOf(item: Item): readonly LedgerEntry[] {
  return item['entries'] === undefined ? [] : z.array(entrySchema).parse(unpackJson(item['entries']));
}

/** Of several entries of one object version the last. */
export function distinctEntries(entries: readonly LedgerEntry[]): readonly LedgerEntry[] {
  return [...new Map(entries.map((entry) => [objectId(entry), entry])).values()];
}

/**
 * The actions of a transaction that puts a report in place of the one before. What was scanned or covered leaves the ledger after `ledgerDays`; what
 * was skipped or failed stays.
 */
export async function reportActions(
  scanId: string,
  batchId: string,
  entries: readonly LedgerEntry[],
  before: StoredBatch | null,
): Promise<Transaction['actions']> {
  const { pk, sk } = batchKey(scanId, batchId);
  const troublePk = troublePartition(scanId, shardOf(batchId, batchShards));
  const isTrouble = ({ outcome: { status } }: LedgerEntry) => status === 'skipped' || status === 'failed';
  const [first = await packJson([]), ...extra] = await blobsOf(entries.filter((entry) => !isTrouble(entry)));
  const trouble = await blobsOf(entries.filter(isTrouble));
  const expiry = expiryAt(Date.now());
  const fields = {
    ':entries': first,
    ':expiry': expiry,
    ':counts': countEntries(entries),
    ':extra': extra.length,
    ':trouble': trouble.length,
    ':revision': (before?.revision ?? 0) + 1,
  };
  const replaced = (kept: number, had: number, partition: string) =>
    Array.from({ length: Math.max(0, had - kept) }, (_, index) => ({
      remove: { pk: partition, sk: extraKey(batchId, kept + index) },
    }));
  return [
    {
      update: { pk, sk },
      expression:
        'SET entries = :entries, #counts = :counts, extra = :extra, trouble = :trouble, revision = :revision, #expiry = :expiry',
      condition: before === null ? 'attribute_not_exists(pk)' : 'revision = :before',
      names: { '#counts': 'counts', '#expiry': ledgerExpiry },
      values: { ...fields, ...(before === null ? {} : { ':before': before.revision }) },
    },
    ...extra.map((blob, index) => ({
      put: { pk, sk: extraKey(batchId, index), entries: blob, [ledgerExpiry]: expiry },
    })),
    ...trouble.map((blob, index) => ({ put: { pk: troublePk, sk: extraKey(batchId, index), entries: blob } })),
    ...replaced(extra.length, before?.extra ?? 0, pk),
    ...replaced(trouble.length, before?.trouble ?? 0, troublePk),
  ];
}

/** When a batch that reports now leaves the ledger, as DynamoDB has it: in seconds. */
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
