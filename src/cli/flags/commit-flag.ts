import { commitPattern } from '../../domain/rulesets/commit.ts';
import { textFlag } from './flag.ts';

/** A commit of Git in full; lower case afterwards. */
export const commitFlag = textFlag
  .transform((text) => text.toLowerCase())
  .check(
    (text) => commitPattern.test(text),
    (text) => `Invalid commit "${text}": use the full hash that "git rev-parse HEAD" prints.`,
  );
