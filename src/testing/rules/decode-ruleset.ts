import type { Ruleset } from '../../domain/rulesets/ruleset.ts';
import { type LoadOptions, loadRuleset } from '../../rules/ruleset-file.ts';

/**
 * Returns the ruleset that `loadRuleset` loads from a file.
 * @throws RearviewError as `loadRuleset`
 */
export function decodeRuleset(bytes: Uint8Array, options: LoadOptions = {}): Ruleset {
  return loadRuleset(bytes, options).ruleset;
}
