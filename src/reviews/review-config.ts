import { z } from 'zod';

const fraction = z.number().gt(0).max(1);
const texts = z.array(z.string().min(1));

/** What `rearview.yaml` holds: what a change of rules is held against. Every key may be left out. */
export const reviewConfigSchema = z.strictObject({
  goodware: z
    .strictObject({
      /** Files, folders and S3 URLs that no rule may match in, by the name of a place, relative to this file; `linux`, `macos` and `windows` are taken by the runners of that name. */
      places: z.record(z.string().regex(/^[a-z0-9-]{1,40}$/), texts).default({
        linux: ['/usr'],
        // Not /System as a whole: /System/Volumes leads to all that is on the disk, the checkout with its samples included.
        macos: ['/System/Applications', '/System/Library', '/usr'],
        windows: ['C:\\Windows\\System32'],
      }),
      /** Most bytes of a file; larger ones are told as not scanned. */
      maxFileBytes: z
        .number()
        .int()
        .positive()
        .default(32 * 1024 * 1024),
      /** Reviewed exceptions, relative to this file. */
      exceptions: z.string().default('rule-tests/goodware-exceptions.yaml'),
    })
    .prefault({}),
  /** What the retro scan that a merge starts may come to; null: anything. */
  forecast: z
    .strictObject({
      maxDollars: z.number().nonnegative().nullable().default(null),
      maxMinutes: z.number().nonnegative().nullable().default(null),
    })
    .prefault({}),
  preview: z
    .strictObject({
      /** Part of the corpus that previews scan. */
      sample: fraction.default(1),
      /** Most objects: of a corpus of more a smaller part is scanned. */
      maxObjects: z.number().int().positive().default(100_000),
      /** Only keys that begin so. */
      prefix: z.string().nullable().default(null),
      /** Objects hit now and not before, by all changed rules but staged ones, above which the gate closes; null: no gate. */
      maxGained: z.number().int().nonnegative().nullable().default(null),
    })
    .prefault({}),
  staged: z
    .strictObject({
      /** Days that a staged rule is watched before its promotion is proposed. */
      soakDays: z.number().positive().default(14),
      /** The band: so many times the hits that the preview makes one expect … */
      maxTimes: z.number().min(1).default(3),
      /** … or so many, whichever is more. */
      leastHits: z.number().int().nonnegative().default(5),
    })
    .prefault({}),
});

export type ReviewConfig = z.infer<typeof reviewConfigSchema>;
