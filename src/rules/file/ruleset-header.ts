import * as z from 'zod';
import { externalNames } from '../../domain/rulesets/externals.ts';
import { fitsType, type VariableDeclaration } from '../../domain/rulesets/variables.ts';

/** An engine's memory is at most 4 GiB. */
const maxMemoryBytes = 4 * 1024 ** 3;

export const hashSchema = z.string().regex(/^[0-9a-f]{64}$/);
const variable = {
  name: z.string().regex(/^[A-Za-z_][A-Za-z0-9_]{0,99}$/),
  type: z.enum(['string', 'integer', 'float', 'boolean']),
  default: z.union([z.string(), z.number(), z.boolean()]),
};
const declarationSchema = z.object(variable).refine(isSound, 'has a default of a different type');
export const sourcesSchema = z.array(
  z.object({
    namespace: z.string(),
    source: z.string(),
    variables: z.array(declarationSchema).min(1).exactOptional(),
  }),
);
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
const leftOutSchema = z.array(
  z.object({
    kind: z.enum(['quarantined', 'duplicate']),
    namespace: z.string(),
    rule: z.string().nullable(),
    file: z.string(),
    line: z.number().int().nonnegative(),
    column: z.number().int().nonnegative(),
    code: z.string(),
    reason: z.string(),
  }),
);
export const partSchema = z.object({ bytes: z.number().int().nonnegative(), sha256: hashSchema });

/** The header. The schema puts the fields of all objects in its own order. */
export const headerSchema = z.object({
  id: hashSchema,
  engine: engineSchema,
  rules: manifestSchema,
  leftOut: leftOutSchema.min(1).exactOptional(),
  sources: partSchema,
  image: partSchema
    .extend({
      engineSha256: hashSchema,
      memoryBytes: z.number().int().positive().max(maxMemoryBytes),
      rulesAddress: z.number().int().positive(),
      externals: z.array(z.enum(externalNames)),
      variables: z
        .array(
          z
            .object({ ...variable, slot: z.string().regex(/^[A-Za-z_][A-Za-z0-9_]{0,120}$/) })
            .refine(isSound, 'has a default of a different type'),
        )
        .min(1)
        .exactOptional(),
    })
    .nullable(),
});

function isSound({ type, default: value }: Pick<VariableDeclaration, 'type' | 'default'>): boolean {
  return fitsType(value, type);
}

export type RulesetHeader = z.infer<typeof headerSchema>;
