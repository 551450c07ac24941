import * as z from 'zod';
import { plainIssues } from './plain-issues.ts';

/**
 * Checks a value from outside against a schema. Never throws. Messages are those of `plainIssues`.
 *
 * Works around an exception in
 * `safeParse` of zod 4.6. It throws if an object with a non-primitive `length`
 * (`{"length": {"toString": 1}}`) is in the place of a text or list with a bound on its length. zod
 * checks the bound although the type is wrong.
 */
export function checkShape<T>(schema: z.ZodType<T>, value: unknown): z.ZodSafeParseResult<T> {
  try {
    return schema.safeParse(value, { error: plainIssues });
  } catch (error) {
    if (!(error instanceof TypeError && error.message.includes('primitive value'))) throw error;
    return z.custom<T>(() => false, 'has an object where a text or a list is expected').safeParse(value);
  }
}

/** Formats the problems that a schema found, on one line. */
export function describeIssues(error: z.ZodError): string {
  return z.prettifyError(error).replaceAll(/\s+/g, ' ');
}
