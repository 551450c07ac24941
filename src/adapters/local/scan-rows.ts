import { z } from 'zod';
import type { ObjectFilter } from '../../domain/object.ts';
import type { LedgerEntry } from '../../domain/outcome.ts';
import type { RetroBatch, Scan } from '../../domain/scan.ts';
import { outcomeSchema } from './outcome-schema.ts';

const optionalText = z.string().exactOptional();
const optionalNumber = z.number().exactOptional();
const filterSchema: z.ZodType<ObjectFilter> = z.object({
  prefix: optionalText,
  minBytes: optionalNumber,
  maxBytes: optionalNumber,
  arrivedAfter: optionalText,
  arrivedBefore: optionalText,
});
const sums = z.object({ objects: z.number(), bytes: z.number() });
const cursorSchema = z.object({ bucket: z.string(), after: z.string().nullable() });
const countsSchema = z.object({
  objects: z.number(),
  scanned: z.number(),
  covered: z.number(),
  skipped: z.number(),
  failed: z.number(),
  bytes: z.number(),
  scannedBytes: z.number(),
  matches: z.number(),
});

const scanRow = z.object({
  id: z.string(),
  kind: z.enum(['live', 'retro']),
  state: z.enum(['running', 'paused', 'completed', 'cancelled', 'failed']),
  ruleset_id: z.string(),
  full: z.number(),
  buckets: z.string(),
  filter: z.string(),
  cursor: z.string().nullable(),
  listing_done: z.number(),
  listed_objects: z.number(),
  listed_bytes: z.number(),
  batches_planned: z.number(),
  batches_reported: z.number(),
  counts: z.string(),
  expected: z.string().nullable(),
  created_at: z.string(),
  finished_at: z.string().nullable(),
  error: z.string().nullable(),
});

/** A row of `scans`. */
export function scanOf(row: Record<string, unknown>): Scan {
  const each = scanRow.parse(row);
  return {
    id: each.id,
    kind: each.kind,
    state: each.state,
    rulesetId: each.ruleset_id,
    full: each.full === 1,
    buckets: z.array(z.string()).parse(JSON.parse(each.buckets)),
    filter: filterSchema.parse(JSON.parse(each.filter)),
    cursor: each.cursor === null ? null : cursorSchema.parse(JSON.parse(each.cursor)),
    listingDone: each.listing_done === 1,
    listed: { objects: each.listed_objects, bytes: each.listed_bytes },
    batches: { planned: each.batches_planned, reported: each.batches_reported },
    counts: countsSchema.parse(JSON.parse(each.counts)),
    expected: each.expected === null ? null : sums.parse(JSON.parse(each.expected)),
    createdAt: each.created_at,
    finishedAt: each.finished_at,
    error: each.error,
  };
}

const objectsSchema = z.array(
  z.object({ bucket: z.string(), key: z.string(), version: z.string(), size: z.number(), arrivedAt: z.string() }),
);
const batchRow = z.object({ scan_id: z.string(), batch_id: z.string(), ruleset_id: z.string(), objects: z.string() });

/** A row of `batches`. */
export function batchOf(row: Record<string, unknown>): RetroBatch {
  const each = batchRow.parse(row);
  return {
    scanId: each.scan_id,
    batchId: each.batch_id,
    rulesetId: each.ruleset_id,
    objects: objectsSchema.parse(JSON.parse(each.objects)),
  };
}

const entryRow = z.object({
  bucket: z.string(),
  key: z.string(),
  version: z.string(),
  size: z.number(),
  outcome: z.string(),
  sha256: z.string().nullable(),
});

/** A row of `ledger`. */
export function entryOf(row: Record<string, unknown>): LedgerEntry {
  const { outcome, sha256, ...each } = entryRow.parse(row);
  return { ...each, outcome: outcomeSchema.parse(JSON.parse(outcome)), ...(sha256 === null ? {} : { sha256 }) };
}
