import { RearviewError } from '../../domain/errors.ts';

/** Creates the error for bytes that are not a usable ruleset. */
export function unusable(why: string, cause?: unknown): RearviewError {
  return new RearviewError(
    'ERR_RULESET_UNUSABLE',
    `Cannot use the ruleset: ${why}. Build it again with \`rearview rules build\`.`,
    { cause },
  );
}
