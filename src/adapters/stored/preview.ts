import * as z from 'zod';
import type { PreviewMatches, PreviewScope } from '../../domain/scans/preview.ts';
import { placeSchema } from './inside.ts';

/** The scope of a preview as stored. */
export const previewScopeSchema: z.ZodType<PreviewScope> = z.object({
  sample: z.number(),
  sha256: z.array(z.string()),
  within: z.array(z.object({ bucket: z.string(), prefix: z.string() })).nullable(),
  maxObjects: z.number().nullable(),
});

/** The matches of a preview in an object as stored. */
export const previewMatchesSchema: z.ZodType<PreviewMatches> = z.object({
  arrivedAt: z.string(),
  md5: z.string(),
  hits: z.array(
    z.object({
      rule: z.string(),
      strings: z.array(
        z.object({
          identifier: z.string(),
          place: placeSchema.exactOptional(),
          offset: z.number(),
          length: z.number(),
          data: z.string().exactOptional(),
        }),
      ),
    }),
  ),
});
