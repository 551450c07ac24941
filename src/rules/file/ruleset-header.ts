import { z } from 'zod';
import { externalNames } from '../../domain/externals.ts';

/** An engine's memory ends at 4 GiB. */
const maxMemoryBytes = 4 * 1024 ** 3;

export const hashSchema = z.string().regex(/^[0-9a-f]{64}$/);
export const sourcesSchema = z.array(z.object({ namespace: z.string(), source: z.string() }));
const engineSchema = z.object({ name: z.string(), version: z.string() });
const manifestSchema = z.array(
  z.object({
    namespace: z.string(),
    name: z.string(),
    logicHash: hashSchema,
    tags: z.array(z.string()),
    meta: z.array(z.object({ identifier: z.string(), value: z.union([z.string(), z.number(), z.boolean()]) })),
    private: z.boolean(),
    global: z.boolean(),
    dependencies: z.array(z.string()),
  }),
);
export const partSchema = z.object({ bytes: z.number().int().nonnegative(), sha256: hashSchema });

/** The header of formats 2 and 3. The schema puts the fields of all objects in its own order. */
export const headerSchema = z.object({
  id: hashSchema,
  engine: engineSchema,
  rules: manifestSchema,
  sources: partSchema,
  image: partSchema
    .extend({
      engineSha256: hashSchema,
      baseSha256: hashSchema,
      memoryBytes: z.number().int().positive().max(maxMemoryBytes),
      references: z.number().int().nonnegative(),
      rulesAddress: z.number().int().positive(),
      externals: z.array(z.enum(externalNames)),
    })
    .nullable(),
});

export type RulesetHeader = z.infer<typeof headerSchema>;

/** Format 1: all of the file, before it was packed by gzip. */
export const formerSchema = z.object({
  format: z.literal(1),
  id: hashSchema,
  engine: engineSchema,
  sources: sourcesSchema,
  rules: manifestSchema,
});
