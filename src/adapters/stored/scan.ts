import * as z from 'zod';
import type { ObjectFilter } from '../../domain/objects/object.ts';
import type { LedgerCounts } from '../../domain/scans/outcome.ts';
import type { DueObject, ExpectedWork, ListingCursor } from '../../domain/scans/scan.ts';

const optionalText = z.string().exactOptional();
const optionalNumber = z.number().exactOptional();

/** The parts of a scan as stored. */
export const filterSchema: z.ZodType<ObjectFilter> = z.object({
  prefix: optionalText,
  minBytes: optionalNumber,
  maxBytes: optionalNumber,
  arrivedAfter: optionalText,
  arrivedBefore: optionalText,
  exclude: z.array(z.string()).exactOptional(),
});
export const sumsSchema = z.object({ objects: z.number(), bytes: z.number() });
export const expectedSchema: z.ZodType<ExpectedWork> = sumsSchema.extend({
  due: sumsSchema.extend({ ms: z.number().nullable() }).exactOptional(),
});
export const cursorSchema: z.ZodType<ListingCursor> = z.object({ bucket: z.string(), after: z.string().nullable() });
export const countsSchema: z.ZodType<LedgerCounts> = z.object({
  objects: z.number(),
  scanned: z.number(),
  covered: z.number(),
  // Absent in scans of earlier versions.
  excluded: z.number().default(0),
  skipped: z.number(),
  failed: z.number(),
  bytes: z.number(),
  scannedBytes: z.number(),
  matches: z.number(),
});
export const kindSchema = z.enum(['live', 'retro', 'preview']);
export const stateSchema = z.enum(['running', 'paused', 'completed', 'cancelled', 'failed']);
export const objectsSchema: z.ZodType<readonly DueObject[]> = z.array(
  z.object({
    bucket: z.string(),
    key: z.string(),
    version: z.string(),
    size: z.number(),
    arrivedAt: z.string(),
    unindexed: z.literal(true).exactOptional(),
  }),
);
