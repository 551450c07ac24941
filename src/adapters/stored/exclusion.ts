import * as z from 'zod';
import type { Exclusion } from '../../domain/scans/exclusion.ts';

/** Exclusions as stored in the database. */
export const exclusionSchema: z.ZodType<Exclusion> = z.object({
  segment: z.object({
    name: z.string(),
    endOffset: z.number(),
    size: z.number(),
    objects: z.number(),
    settings: z.string(),
  }),
  proofs: z.array(
    z.object({
      logic: z.string(),
      formula: z.string(),
      planner: z.string(),
      candidates: z.number(),
      bits: z.string(),
      digest: z.string(),
    }),
  ),
  rows: z.number(),
  groups: z.array(
    z.object({
      logic: z.array(z.string()),
      earlier: z.array(z.string()),
      bits: z.string(),
      objects: z.number(),
      bytes: z.number(),
    }),
  ),
});
