import type * as z from 'zod';
import { checkShape, describeIssues } from './check-shape.ts';
import { invalidStored, storedJson } from './read-stored.ts';

/**
 * Parses a value that was stored as JSON.
 * @param what names the value in the message: `scan filter`
 * @throws RearviewError `ERR_STATE` if the text is damaged, or another version wrote it
 */
export function parseStored<T>(schema: z.ZodType<T>, text: unknown, what: string): T {
  const parsed = checkShape(schema, storedJson(text, what));
  if (parsed.success) return parsed.data;
  throw invalidStored(what, describeIssues(parsed.error));
}
