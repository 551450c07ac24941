import { z } from 'zod';
import { bucketName, maxConcurrency, whole } from './schema-values.ts';

const allowedArea = z.strictObject({
  bucket: bucketName.nullable().default(null).describe('One of `existingBuckets`; null: the bucket of the stack'),
  prefix: z.string().max(1024).default('').describe('What keys begin with: `public/`. Empty: the whole bucket'),
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
        'The parts of the corpus that previews may read; null: all of it. [Who may push a branch reads them](../how-to/github-workflows.md#trust)',
      ),
    matchedBytes: z
      .boolean()
      .default(false)
      .describe('Whether results of previews have the bytes that matched, besides their offsets and lengths'),
    maxObjects: whole(1, 10_000_000)
      .default(200_000)
      .describe('Objects of one preview at most; there the listing ends, and the section says so'),
    maxRunning: whole(0, 100)
      .default(10)
      .describe('Previews that run at once; another is refused, with the reason. 0: no previews'),
    maxRules: whole(1, 2000)
      .default(2000)
      .describe('Rules of one preview at most, with what they depend on, before and after the change'),
    maxHours: whole(1, 168).default(6).describe('A preview that has run for so long is cancelled'),
    maxConcurrency: maxConcurrency
      .default(5)
      .describe('Invocations of the retro analyzer at once for previews: their budget, apart from that of retro scans'),
  })
  .prefault({})
  .describe('Limits of previews, whatever a pull request asks for');
