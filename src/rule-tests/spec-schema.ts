import * as z from 'zod';

const asMapping = {
  error: ({ code, input }: { readonly code?: string | undefined; readonly input?: unknown }): string | undefined => {
    if (code === 'invalid_key') return 'is not the name of a rule, nor other/file.yar:Rule';
    // Messages for unknown keys are written where their position is known, see yaml-places.ts.
    if (code !== 'invalid_type') return undefined;
    return input === undefined ? 'is missing' : 'must be a mapping of keys to values';
  },
};

/** YAML reads `1234`, `1e5` or `true` as other types than text. */
const text = z.string({
  error: ({ input }) => (input === undefined ? 'is missing' : 'must be text: put the value in quotes'),
});
const nonEmptyText = text.min(1, 'must not be empty');

// Not one expression for the whole text: one that repeats a group exhausts the stack on megabytes.
const hex = text
  .transform((value) => value.replace(/\s+/g, ''))
  .refine(
    (value) => value.length % 2 === 0 && !/[^0-9a-f]/i.test(value),
    'must be pairs of hexadecimal digits, optionally with white space',
  );

const base64 = text
  .transform((value) => value.replace(/\s+/g, ''))
  .refine(
    (value) => value.length % 4 === 0 && !/[^A-Za-z0-9+/]/.test(value.replace(/={1,2}$/, '')),
    'must be standard base64 with its padding',
  );

const sources = ['text', 'hex', 'base64', 'file', 'archive'] as const;

const sample = z
  .strictObject(
    {
      text: text.optional(),
      encoding: z.enum(['utf-8', 'utf-16le'], 'must be utf-8 or utf-16le').optional(),
      hex: hex.optional(),
      base64: base64.optional(),
      file: nonEmptyText.optional(),
      archive: z
        .strictObject({ file: nonEmptyText, member: nonEmptyText, password: text.optional() }, asMapping)
        .optional(),
    },
    asMapping,
  )
  .superRefine((value, context) => {
    const given = sources.filter((each) => value[each] !== undefined);
    const report = (message: string): void => context.addIssue({ code: 'custom', message });
    if (given.length === 0) report(`needs one of ${sources.join(', ')}`);
    if (given.length > 1) report(`has ${given.join(' and ')}: keep one`);
    if (value.encoding !== undefined && value.text === undefined)
      report('has an encoding, which is only allowed with text: remove it');
  });

const count = z.int('must be a whole number').min(0, 'must not be negative');

const expectedString = z.strictObject(
  {
    identifier: text.regex(/^\$\w*$/, 'must be the name of a pattern with its $, such as $a'),
    offset: count.optional(),
    length: count.optional(),
    data: text.optional(),
  },
  asMapping,
);

/** `Rule`, or `path/of/file.yar:Rule`. */
const ruleName = text.regex(
  /^([^:]+:)?[A-Za-z_]\w*$/,
  'must be the name of a rule of this file, or other/file.yar:Rule for a rule of another file',
);

const testSchema = z
  .strictObject(
    {
      name: nonEmptyText,
      sample,
      externals: z
        .object(
          {
            filepath: text.optional(),
            filename: text.optional(),
            extension: text.optional(),
            filetype: text.optional(),
          },
          asMapping,
        )
        // Declared variables. Their names are checked where the rules are known.
        .catchall(z.union([z.string(), z.number(), z.boolean()], 'must be text, a number, true or false'))
        .optional(),
      inside: z.boolean('must be true or false').optional(),
      matches: z.array(ruleName, {
        error: ({ input }) =>
          input === undefined ? 'is missing: use [] if no rule matches' : 'must be a list of rules',
      }),
      strings: z.record(ruleName, z.array(expectedString, 'must be a list of strings'), asMapping).optional(),
      todo: nonEmptyText.optional(),
    },
    asMapping,
  )
  .superRefine(({ matches, strings }, context) => {
    const named = new Set<string>();
    matches.forEach((rule, index) => {
      if (!named.has(rule)) {
        named.add(rule);
        return;
      }
      context.addIssue({ code: 'custom', path: ['matches', index], message: `repeats ${rule}: remove one` });
    });
    for (const rule of Object.keys(strings ?? {})) {
      if (named.has(rule)) continue;
      const message = 'is not among the matches of this test: add it there with the same spelling, or remove it here';
      context.addIssue({ code: 'custom', path: ['strings', rule], message });
    }
  });

/** The schema of a rule test file. */
export const specSchema = z.strictObject(
  {
    tests: z
      .array(testSchema, {
        error: ({ input }) => (input === undefined ? 'is missing: list the tests under it' : 'must be a list of tests'),
      })
      .min(1, 'must have at least one test'),
  },
  asMapping,
);

export type TestSpec = z.infer<typeof testSchema>;
