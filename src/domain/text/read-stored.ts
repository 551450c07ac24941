import { messageOf, RearviewError } from '../errors.ts';
import { type Read, ValueError } from './read-value.ts';

/**
 * Reads a value that was stored as JSON.
 * @param what names the value in the message: `alert`
 * @throws RearviewError `ERR_STATE` if the text is damaged, or another version wrote it
 */
export function readStored<T>(read: Read<T>, text: unknown, what: string): T {
  const value = storedJson(text, what);
  try {
    return read(value, []);
  } catch (error) {
    if (!(error instanceof ValueError)) throw error;
    throw invalidStored(what, error.message, error);
  }
}

/** @throws RearviewError as `readStored` */
export function storedJson(text: unknown, what: string): unknown {
  if (typeof text !== 'string') throw invalidStored(what, 'it is not text');
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw invalidStored(what, messageOf(cause), cause);
  }
}

export function invalidStored(what: string, why: string, cause?: unknown): RearviewError {
  const advice = 'it is damaged, or another version of Rearview wrote it';
  return new RearviewError('ERR_STATE', `Invalid stored ${what} (${why}): ${advice}.`, { cause });
}
