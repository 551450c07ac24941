import * as z from 'zod';
import type { LedgerEntry } from '../../../domain/scans/outcome.ts';
import type { RetroBatch, Scan } from '../../../domain/scans/scan.ts';
import { parseStored } from '../../../domain/text/parse-stored.ts';
import { outcomeSchema } from '../../stored/outcome.ts';
import { previewMatchesSchema, previewScopeSchema } from '../../stored/preview.ts';
import {
  countsSchema,
  cursorSchema,
  expectedSchema,
  filterSchema,
  kindSchema,
  objectsSchema,
  stateSchema,
} from '../../stored/scan.ts';

const scanRow = z.object({
  id: z.string(),
  kind: kindSchema,
  state: stateSchema,
  ruleset_id: z.string(),
  full: z.number(),
  buckets: z.string(),
  filter: z.string(),
  inventories: z.string(),
  preview: z.string().nullable(),
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
    buckets: parseStored(z.array(z.string()), each.buckets, 'scan buckets'),
    filter: parseStored(filterSchema, each.filter, 'scan filter'),
    inventories: parseStored(z.array(z.string()), each.inventories, 'scan inventories'),
    preview: each.preview === null ? null : parseStored(previewScopeSchema, each.preview, 'preview scope'),
    cursor: each.cursor === null ? null : parseStored(cursorSchema, each.cursor, 'scan cursor'),
    listingDone: each.listing_done === 1,
    listed: { objects: each.listed_objects, bytes: each.listed_bytes },
    batches: { planned: each.batches_planned, reported: each.batches_reported },
    counts: parseStored(countsSchema, each.counts, 'scan counts'),
    expected: each.expected === null ? null : parseStored(expectedSchema, each.expected, 'scan plan'),
    createdAt: each.created_at,
    finishedAt: each.finished_at,
    error: each.error,
  };
}

const batchRow = z.object({ scan_id: z.string(), batch_id: z.string(), ruleset_id: z.string(), objects: z.string() });

/** A row of `batches`. */
export function batchOf(row: Record<string, unknown>): RetroBatch {
  const each = batchRow.parse(row);
  return {
    scanId: each.scan_id,
    batchId: each.batch_id,
    rulesetId: each.ruleset_id,
    objects: parseStored(objectsSchema, each.objects, 'batch'),
  };
}

const entryRow = z.object({
  bucket: z.string(),
  key: z.string(),
  version: z.string(),
  size: z.number(),
  outcome: z.string(),
  sha256: z.string().nullable(),
  preview: z.string().nullable(),
});

/** A row of `ledger`. */
export function entryOf(row: Record<string, unknown>): LedgerEntry {
  const { outcome, sha256, preview, ...each } = entryRow.parse(row);
  return {
    ...each,
    outcome: parseStored(outcomeSchema, outcome, 'outcome'),
    ...(sha256 === null ? {} : { sha256 }),
    ...(preview === null ? {} : { preview: parseStored(previewMatchesSchema, preview, 'preview matches') }),
  };
}
