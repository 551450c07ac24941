import { RearviewError } from '../../domain/errors.ts';

/** The error for bytes that hold no ruleset. */
export function unusable(why: string, cause?: unknown): RearviewError {
  return new RearviewError(
    'ERR_RULESET_UNUSABLE',
    `The ruleset cannot be used: ${why}. Build it again with \`rearview rules build\`.`,
    { cause },
  );
}
