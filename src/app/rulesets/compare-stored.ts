import { isDeepStrictEqual } from 'node:util';
import type { Ruleset, RulesetImage } from '../../domain/rulesets/ruleset.ts';
import type { RulesetFile } from '../../rules/file/parse-ruleset-file.ts';

/**
 * The difference between a stored file that is not authentic and the ruleset to store under its
 * name; null if it says the same, or less. An image for another engine cannot be compared.
 */
export function differenceOf(stored: RulesetFile, { id, rules, image = null }: Ruleset): string | null {
  if (stored.id !== id) return `it is the ruleset ${stored.id}`;
  if (!isDeepStrictEqual(stored.rules, rules)) return 'its list of rules is not that of its sources';
  const { image: found } = stored;
  if (found === null || typeof found === 'string' || image === null) return null;
  if (found.engineSha256 !== image.engineSha256 || isSame(found, image)) return null;
  return 'its image is not what its sources compile to';
}

function isSame({ memory: one, ...a }: RulesetImage, { memory: other, ...b }: RulesetImage): boolean {
  return isDeepStrictEqual({ ...a }, { ...b }) && Buffer.compare(one, other) === 0;
}
