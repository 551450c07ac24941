import * as z from 'zod';
import type { Outcome } from '../../domain/scans/outcome.ts';
import { insideSchema } from './inside.ts';

const detail = z.string().exactOptional();

/** Outcomes as stored in the database. */
export const outcomeSchema: z.ZodType<Outcome> = z.discriminatedUnion('status', [
  z.object({
    status: z.literal('scanned'),
    matches: z.number(),
    scannedBytes: z.number().exactOptional(),
    matchLimitReached: z.literal(true).exactOptional(),
    inside: insideSchema.exactOptional(),
  }),
  z.object({ status: z.literal('covered') }),
  z.object({
    status: z.literal('skipped'),
    reason: z.enum(['too_large', 'gone', 'not_a_regular_file', 'storage_class']),
    detail,
  }),
  z.object({
    status: z.literal('failed'),
    reason: z.enum(['denied', 'changed', 'unreadable', 'timeout', 'engine_crash', 'out_of_memory', 'dead_letter']),
    detail,
  }),
]);
