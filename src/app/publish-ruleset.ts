import { RearviewError } from '../domain/errors.ts';
import type { CurrentRuleset, Ruleset } from '../domain/ruleset.ts';
import type { RulesetLibrary } from './ruleset-library.ts';

export interface PublishResult {
  /** False where the ruleset was in force already; then nothing was written. */
  readonly changed: boolean;
  readonly current: CurrentRuleset;
}

/**
 * Stores a ruleset and puts it in force.
 * @param options.replaces the ruleset that must be in force now (null: none); without it, whichever is
 * @throws RearviewError `ERR_CONFLICT` when another ruleset is in force than `replaces`
 */
export async function publishRuleset(
  library: RulesetLibrary,
  ruleset: Ruleset,
  options: { readonly now: () => number; readonly replaces?: string | null },
): Promise<PublishResult> {
  await library.put(ruleset);
  for (;;) {
    const before = await library.current();
    if (before?.rulesetId === ruleset.id) return { changed: false, current: before };
    if (options.replaces !== undefined && (before?.rulesetId ?? null) !== options.replaces) {
      throw new RearviewError(
        'ERR_CONFLICT',
        `The ruleset in force is ${before?.rulesetId ?? 'none'}, not ${options.replaces ?? 'none'}: someone published in between. Bring your rules up to date and publish again.`,
      );
    }
    const current = await library.moveCurrent(ruleset.id, before, new Date(options.now()).toISOString());
    if (current !== null) return { changed: true, current };
  }
}
