import * as z from 'zod';
import { bucketName, maxConcurrency, whole } from './schema-values.ts';

const allowedArea = z.strictObject({
  bucket: bucketName.nullable().default(null).describe('One of `existingBuckets`; null: the bucket of the stack'),
  prefix: z.string().max(1024).default('').describe('Prefix of the keys: `public/`. Empty: the whole bucket'),
});

/** `rearview:previews` */
export const previews = z
  .strictObject({
    allowed: z
      .array(allowedArea)
      .min(1)
      .nullable()
      .default(null)
      .describe(
        'The parts of the corpus that previews may read; null: all of it. [Users who may push a branch can read them](../how-to/github-workflows.md#trust)',
      ),
    matchedBytes: z
      .boolean()
      .default(false)
      .describe('Whether previews show the matched bytes, in addition to their offsets and lengths'),
    maxObjects: whole(1, 10_000_000)
      .default(200_000)
      .describe('Maximum number of objects of one preview; the listing ends there, and the section reports it'),
    maxRunning: whole(0, 100)
      .default(10)
      .describe('Maximum number of previews that run at once; another is refused, with the reason. 0: no previews'),
    maxRules: whole(1, 2000)
      .default(2000)
      .describe('Maximum number of rules of one preview, with their dependencies, before and after the change'),
    maxHours: whole(1, 168).default(6).describe('Hours after which a running preview is cancelled'),
    maxConcurrency: maxConcurrency
      .default(5)
      .describe(
        'Maximum concurrent invocations of the retro analyzer for previews, separate from those of retro scans',
      ),
  })
  .prefault({})
  .describe('Limits of previews, whatever a pull request requests');
