import * as z from 'zod';
import { addCounts, type LedgerCounts, noCounts } from '../../../domain/scans/outcome.ts';
import { isPlanned, type Scan } from '../../../domain/scans/scan.ts';
import { previewScopeSchema } from '../../stored/preview.ts';
import {
  countsSchema,
  cursorSchema,
  expectedSchema,
  filterSchema,
  kindSchema,
  stateSchema,
} from '../../stored/scan.ts';
import type { Item, ItemKey, Transaction } from './table.ts';

/**
 * Items over which the sums of a scan's ledger are spread, so that simultaneous reports seldom
 * conflict.
 */
const countShards = 16;
const countFields = Object.keys(noCounts) as readonly (keyof LedgerCounts)[];

/** The partition of one scan: the scan itself, its sums, and the ids of unsent batches. */
export const scanPartition = (scanId: string) => `scan#${scanId}`;
export const scanKey = (scanId: string): ItemKey => ({ pk: scanPartition(scanId), sk: 'scan' });
export const unsentKey = (scanId: string, batchId: string): ItemKey => ({
  pk: scanPartition(scanId),
  sk: `unsent#${batchId}`,
});
/** The scan and its sums are adjacent. */
export const scanAndCounts = { from: 'counts#', to: 'scan' } as const;

/** Partitions that list scans of a kind, newest first: all of them, and the unfinished ones. */
export const everyScan = (kind: Scan['kind']) => `scans#${kind}`;
export const activeScans = (kind: Scan['kind']) => `active-scans#${kind}`;
export const inTime = ({ createdAt, id }: Pick<Scan, 'createdAt' | 'id'>) => `${createdAt}#${id}`;
/** Lists live scans whose sums are not stored, oldest first. */
export const openLedgers = 'open-ledgers';
/** Belongs to one scan at a time. */
export const activeKeyOf = (activeKey: string): ItemKey => ({ pk: `active-key#${activeKey}`, sk: 'scan' });

const row = z.object({
  id: z.string(),
  kind: kindSchema,
  state: stateSchema,
  activeKey: z.string(),
  rulesetId: z.string(),
  full: z.boolean(),
  buckets: z.array(z.string()),
  filter: filterSchema,
  inventories: z.array(z.string()),
  preview: previewScopeSchema.nullable(),
  cursor: cursorSchema.nullable(),
  listingDone: z.boolean(),
  listedObjects: z.number(),
  listedBytes: z.number(),
  planned: z.number(),
  expected: expectedSchema.nullable(),
  createdAt: z.string(),
  finishedAt: z.string().nullable(),
  error: z.string().nullable(),
  openLedger: z.literal(true).optional(),
  late: z.number().default(0),
});
const countsRow = z.intersection(countsSchema, z.object({ reported: z.number() }));

export interface StoredScan {
  /** Without the sums of its ledger if `isOpen`. */
  readonly scan: Scan;
  readonly activeKey: string;
  /** Its sums are not stored: they are added up from its ledger. True of a live scan at first. */
  readonly isOpen: boolean;
  /** Reports to an open ledger after its day. */
  readonly late: number;
}

export function scanItem(scan: Scan, activeKey: string): Item {
  const { listed, batches, counts, ...fields } = scan;
  return {
    ...scanKey(scan.id),
    ...fields,
    activeKey,
    listedObjects: listed.objects,
    listedBytes: listed.bytes,
    planned: batches.planned,
    leaseFence: 0,
    ...(isPlanned(scan) ? {} : { openLedger: true }),
  };
}

/** Reads a scan from the items of its partition; null if it is missing. */
export function scanOf(items: readonly Item[]): StoredScan | null {
  const main = items.find(({ sk }) => sk === 'scan');
  if (main === undefined) return null;
  const { activeKey, listedObjects, listedBytes, planned, openLedger, late, ...fields } = row.parse(main);
  let counts = noCounts;
  let reported = 0;
  for (const item of items) {
    if (item === main) continue;
    const shard = countsRow.parse({ ...noCounts, reported: 0, ...item });
    counts = addCounts(counts, shard);
    reported += shard.reported;
  }
  const scan: Scan = {
    ...fields,
    listed: { objects: listedObjects, bytes: listedBytes },
    batches: { planned, reported },
    counts: countsSchema.parse(counts),
  };
  return { scan, activeKey, isOpen: openLedger === true, late };
}

/** Sums of a ledger. */
export interface LedgerSums {
  readonly counts: LedgerCounts;
  /** Number of batches that have reported. */
  readonly reported: number;
}

/** Adds to the sums of a scan. */
export function countAction(scanId: string, { counts, reported }: LedgerSums): Transaction['actions'][number] {
  const shard = Math.floor(Math.random() * countShards);
  const fields = [...countFields, 'reported' as const];
  return {
    update: { pk: scanPartition(scanId), sk: `counts#${String(shard).padStart(2, '0')}` },
    expression: `ADD ${fields.map((field) => `#${field} :${field}`).join(', ')}`,
    names: Object.fromEntries(fields.map((field) => [`#${field}`, field])),
    values: { ...Object.fromEntries(countFields.map((field) => [`:${field}`, counts[field]])), ':reported': reported },
  };
}
