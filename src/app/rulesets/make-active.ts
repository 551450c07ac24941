import { messageOf, RearviewError } from '../../domain/errors.ts';
import type { Ruleset } from '../../domain/rulesets/ruleset.ts';
import type { PointerStore } from '../../ports/pointer-store.ts';
import { type PublishResult, publishRuleset } from './publish-ruleset.ts';
import { type RollbackOptions, type RollbackResult, rollbackRuleset } from './rollback-ruleset.ts';
import type { RulesetLibrary } from './ruleset-library.ts';
import { noteStagedRules } from './staged-rules.ts';

/** The target of a pipeline, as far as making a ruleset active needs it. */
export interface ActiveRulesetParts {
  readonly library: RulesetLibrary;
  readonly state: { readonly pointers: PointerStore };
}

/** Whether it was recorded since when staged rules are active. */
export interface StagedNote {
  /**
   * Why it was not recorded. The next publish or promotion does it, and the rules soak from then
   * on. Null where it was.
   */
  readonly stagedNotNoted: string | null;
}

/**
 * Publishes a ruleset, and records since when its staged rules are active.
 * @throws RearviewError as `publishRuleset`
 */
export async function publish(
  parts: ActiveRulesetParts,
  ruleset: Ruleset,
  options: Parameters<typeof publishRuleset>[2],
): Promise<PublishResult & StagedNote> {
  const result = await publishRuleset(parts.library, ruleset, options);
  return { ...result, ...(await noteStaged(parts, options)) };
}

/**
 * Makes an earlier ruleset active again, and records since when its staged rules are active.
 * @throws RearviewError as `rollbackRuleset`
 */
export async function rollBack(
  parts: ActiveRulesetParts,
  options: RollbackOptions,
): Promise<RollbackResult & StagedNote> {
  const result = await rollbackRuleset(parts.library, options);
  return { ...result, ...(await noteStaged(parts, options)) };
}

async function noteStaged(
  { library, state: { pointers } }: ActiveRulesetParts,
  { now }: { readonly now: () => number },
): Promise<StagedNote> {
  try {
    await noteStagedRules({ pointers, library, now });
    return { stagedNotNoted: null };
  } catch (error) {
    if (!(error instanceof RearviewError)) throw error;
    return { stagedNotNoted: messageOf(error) };
  }
}
