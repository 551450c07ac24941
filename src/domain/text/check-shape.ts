import { z } from 'zod';

/**
 * Checks a value from outside against a schema. Never throws.
 *
 * As `safeParse`, which zod 4.6 leaves by an exception where a text or list with a bound on its length is an object with a `length` that is no primitive value
 * (`{"length": {"toString": 1}}`): the bound is checked although the type is wrong.
 */
export function checkShape<T>(schema: z.ZodType<T>, value: unknown): z.ZodSafeParseResult<T> {
  try {
    return schema.safeParse(value);
  } catch (error) {
    if (!(error instanceof TypeError && error.message.includes('primitive value'))) throw error;
    return z.custom<T>(() => false, 'has an object in the place of a text or a list').safeParse(value);
  }
}

/** What a schema found, on one line. */
export function describeIssues(error: z.ZodError): string {
  return z.prettifyError(error).replaceAll(/\s+/g, ' ');
}
