import type { z } from 'zod';
import { messageOf, RearviewError } from '../errors.ts';
import { checkShape, describeIssues } from './check-shape.ts';

/**
 * Parses a value that was stored as JSON.
 * @param what names the value in the message: `scan filter`
 * @throws RearviewError `ERR_STATE` if the text is damaged, or another version wrote it
 */
export function parseStored<T>(schema: z.ZodType<T>, text: unknown, what: string): T {
  const parsed = checkShape(schema, parseJson(text, what));
  if (parsed.success) return parsed.data;
  throw invalid(what, describeIssues(parsed.error));
}

function parseJson(text: unknown, what: string): unknown {
  if (typeof text !== 'string') throw invalid(what, 'it is not text');
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw invalid(what, messageOf(cause), cause);
  }
}

function invalid(what: string, why: string, cause?: unknown): RearviewError {
  const advice = 'it is damaged, or another version of Rearview wrote it';
  return new RearviewError('ERR_STATE', `Invalid stored ${what} (${why}): ${advice}.`, { cause });
}
