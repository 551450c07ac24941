import * as z from 'zod';

/*
 * Fields of the sections of a review. Every text and every list has a bound.
 */

/** Version of the format; a reader refuses any other. */
export const reviewSchema = 1;

export const count = z.number().int().nonnegative();
export const amount = z.number().nonnegative();
export const short = z.string().max(200);
export const name = z.string().max(600);
export const path = z.string().max(2048);
export const sentence = z.string().max(1000);
export const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
export const time = z.iso.datetime();

/**
 * `passed`; `failed`: a gate fails; `unknown`: there is no result, which is not a reason to merge.
 */
export const verdict = z.enum(['passed', 'failed', 'unknown']);

/** A place in a file of the repository; line and column count from 1, 0 where there is none. */
export const place = { file: path, line: count, column: count };

export const string = z.object({ identifier: short, offset: count, length: count, data: z.string().max(200) });

/** String of a preview, which has the bytes only if the target allows it. */
export const previewString = string.extend({ data: z.string().max(200).exactOptional() });

/**
 * A hash in the meta of a rule: `matched` or `missed` if a file with it was scanned, otherwise
 * `unchecked`.
 */
export const metaHash = z.object({
  rule: name,
  hash: z.string().max(128),
  state: z.enum(['matched', 'missed', 'unchecked']),
});

export const common = { schema: z.literal(reviewSchema), verdict };
