import { z } from 'zod';
import { messageOf } from '../../domain/errors.ts';
import { commitPattern } from '../../domain/rulesets/commit.ts';
import { parseDuration } from './parse-duration.ts';
import { parseSize } from './parse-size.ts';
import { parseTime } from './parse-time.ts';

/** Makes a schema from a parser whose errors are messages for the user. */
function parsed<T>(parse: (text: string) => T) {
  return z.string().transform((text, context): T => {
    try {
      return parse(text);
    } catch (error) {
      context.addIssue({ code: 'custom', message: messageOf(error) });
      return z.NEVER;
    }
  });
}

/** A switch. */
export const switchFlag = z.boolean().default(false);

/** A size in bytes, with or without a unit. */
export const sizeFlag = parsed(parseSize);

/** A moment; durations count back from now. ISO 8601 in UTC. */
export const timeFlag = parsed((text) => parseTime(text, Date.now()));

/** A whole number of at least 1. */
export const countFlag = z
  .string()
  .regex(/^[1-9]\d{0,8}$/, {
    error: ({ input }) => `Invalid number "${String(input)}": use a whole number of at least 1.`,
  })
  .transform(Number);

/** A duration with a unit, in milliseconds. */
export const durationFlag = parsed(parseDuration);

/** A share above 0, at most 1. */
export const shareFlag = z
  .string()
  .refine((text) => /^\d*\.?\d+$/.test(text) && Number(text) > 0 && Number(text) <= 1, {
    error: ({ input }) => `Invalid share "${String(input)}": use a number above 0 and at most 1, for example 0.1.`,
  })
  .transform(Number);

/** One of a few words. */
export function choiceFlag<const T extends readonly string[]>(values: T) {
  return z.enum(values, { error: ({ input }) => `Unknown value "${String(input)}": use one of ${values.join(', ')}.` });
}

/** Values with commas between them. */
export function listFlag<const T extends readonly string[]>(values: T) {
  return z
    .string()
    .transform((text) => text.split(',').map((each) => each.trim()))
    .pipe(z.array(choiceFlag(values)));
}

/** A SHA-256 in hexadecimal; lower case afterwards. */
export const sha256Flag = z
  .string()
  .regex(/^[0-9a-f]{64}$/i, { error: ({ input }) => `Invalid SHA-256 "${String(input)}": use 64 hexadecimal digits.` })
  .toLowerCase();

/** The first 8 to 64 digits of a SHA-256; lower case afterwards. */
export const sha256StartFlag = z
  .string()
  .regex(/^[0-9a-f]{8,64}$/i, {
    error: ({ input }) => `Invalid SHA-256 "${String(input)}": use 8 to 64 hexadecimal digits.`,
  })
  .toLowerCase();

/** A commit of Git in full; lower case afterwards. */
export const commitFlag = z
  .string()
  .toLowerCase()
  .regex(commitPattern, {
    error: ({ input }) => `Invalid commit "${String(input)}": use the full hash that "git rev-parse HEAD" prints.`,
  });
