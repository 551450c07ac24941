import * as z from 'zod';
import { unpackSchema } from '../domain/inside/limits-schema.ts';
import { excludeProblem, maxExcludes } from '../domain/objects/exclude.ts';
import {
  filetypeMeanings,
  fitsType,
  nameProblem,
  typeOf,
  type VariableDeclaration,
  withDefaultVariables,
  withFiletype,
} from '../domain/rulesets/variables.ts';
import type { GainLimit } from './gain-limit.ts';

const fraction = z.number().gt(0).max(1);
const texts = z.array(z.string().min(1));

const variableValue = z.union([z.string(), z.number(), z.boolean()], 'must be text, a number, true or false');
const variable = z
  .union(
    [
      variableValue,
      z.strictObject({ type: z.enum(['string', 'integer', 'float', 'boolean']), default: variableValue }),
    ],
    'must be a default (text, a number, true or false), or a mapping with type (string, integer, float or boolean) and default',
  )
  .transform((given) => (typeof given === 'object' ? given : { type: typeOf(given), default: given }))
  .refine(({ type, default: value }) => fitsType(value, type), 'has a default that does not fit its type');

/** Declarations by name. */
const variables = z
  .record(z.string(), variable)
  .superRefine((declared, context) => {
    const seen = new Map<string, string>();
    for (const name of Object.keys(declared)) {
      const twin = seen.get(name.toLowerCase());
      const message =
        nameProblem(name) ??
        (twin === undefined ? null : `Invalid variable name "${name}": it differs from "${twin}" only in case.`);
      if (message !== null) context.addIssue({ code: 'custom', path: [name], message });
      seen.set(name.toLowerCase(), name);
    }
  })
  .transform((declared) =>
    withDefaultVariables(
      Object.entries(declared).map(
        ([name, { type, default: value }]): VariableDeclaration => ({ name, type, default: value }),
      ),
    ),
  );

/** A number of objects, or a share such as "0.5 %". */
const gainLimit = z.union(
  [
    z.number().int().nonnegative(),
    z
      .string()
      .regex(/^(?:100|\d{1,2}(?:\.\d{1,4})?) ?%$/)
      .transform((text): GainLimit => ({ share: Number.parseFloat(text) / 100 })),
  ],
  'must be a number of objects, a share such as "1 %", or null',
);

const filetype = z.enum(filetypeMeanings).default('content');

/** Adds what `filetype` means to the variables. */
function withMeaning<
  T extends { readonly variables: z.output<typeof variables>; readonly filetype: z.output<typeof filetype> },
>(config: T): T {
  return { ...config, variables: withFiletype(config.variables, config.filetype) };
}

/**
 * The content of `rearview.yaml`: the variables of the rules, and the limits for rule changes.
 * Every key is optional.
 */
export const reviewConfigSchema = z
  .strictObject({
    goodware: z
      .strictObject({
        /**
         * Goodware files, folders and S3 URLs by place name, relative to this file; no rule may match
         * in them. The names `linux`, `macos` and `windows` are reserved for the runners of that
         * name.
         */
        places: z.record(z.string().regex(/^[a-z0-9-]{1,40}$/), texts).default({
          linux: ['/usr'],
          // Not the whole of /System: /System/Volumes leads to everything on the disk, including the
          // checkout with its samples.
          macos: ['/System/Applications', '/System/Library', '/usr'],
          windows: ['C:\\Windows\\System32'],
        }),
        /** Maximum file size in bytes; larger files are reported as not scanned. */
        maxFileBytes: z
          .number()
          .int()
          .positive()
          .default(32 * 1024 * 1024),
        /** Reviewed exceptions, relative to this file. */
        exceptions: z.string().default('rule-tests/goodware-exceptions.yaml'),
      })
      .prefault({}),
    /** Patterns of paths that `scan`, `up` and `retro start` leave out. */
    exclude: z
      .array(
        z.string().superRefine((pattern, context) => {
          const message = excludeProblem(pattern);
          if (message !== null) context.addIssue({ code: 'custom', message });
        }),
      )
      .max(maxExcludes)
      .default([]),
    /**
     * External variables that the rules may use, in addition to the built-in ones. With `owner`, and
     * `filetype` where it is the type by content.
     */
    variables: variables.prefault({}),
    /** Meaning of the variable `filetype`: the type by content, or the extension in upper case. */
    filetype,
    /** Limits on what is extracted from files that are containers, and scanned. */
    unpack: unpackSchema.prefault({}),
    /** Limits for the retro scan that a merge starts; null: no limit. */
    forecast: z
      .strictObject({
        maxDollars: z.number().nonnegative().nullable().default(null),
        maxMinutes: z.number().nonnegative().nullable().default(null),
      })
      .prefault({}),
    profile: z
      .strictObject({
        /**
         * Limit for the time of a changed rule, as a multiple of a rule with one plain text, on any
         * kind of data. Above it, the gate fails. Null: no gate.
         */
        maxTimes: z.number().positive().nullable().default(null),
      })
      .prefault({}),
    preview: z
      .strictObject({
        /** Part of the corpus that previews scan. */
        sample: fraction.default(1),
        /** Maximum number of objects: a smaller sample of a larger corpus is scanned. */
        maxObjects: z.number().int().positive().default(100_000),
        /** Prefix of the keys. */
        prefix: z.string().nullable().default(null),
        /**
         * Limit for newly matched objects, by all changed rules except staged ones: a number, or a
         * share of the scanned objects such as "1 %" (at least 10 objects). Above it, the gate
         * fails. Null: no gate.
         */
        maxGained: gainLimit.nullable().default({ share: 0.01 }),
      })
      .prefault({}),
    staged: z
      .strictObject({
        /** Days that a rule stays staged before its promotion is proposed. */
        soakDays: z.number().positive().default(14),
        /** The band: this multiple of the matches that the preview predicts … */
        maxTimes: z.number().min(1).default(3),
        /** … or this number, whichever is more. */
        leastHits: z.number().int().nonnegative().default(5),
      })
      .prefault({}),
  })
  .transform(withMeaning);

/** Returns the variables of a configuration, whatever else it contains. */
export const declaredVariablesSchema = z.object({ variables: variables.prefault({}), filetype }).transform(withMeaning);

export type ReviewConfig = z.infer<typeof reviewConfigSchema>;
