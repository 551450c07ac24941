import { hasCode, messageOf } from '../../domain/errors.ts';
import { logicOf, type Ruleset } from '../../domain/rulesets/ruleset.ts';
import { subsetRuleset } from '../../rules/ruleset.ts';
import type { RulesetLibrary } from '../rulesets/ruleset-library.ts';

/**
 * Deltas that one scan may make; objects with other gaps get the whole ruleset, which is right too.
 */
const maxDeltas = 8;

/** The ruleset that an object still needs, given what it has been covered with. */
export interface DeltaRulesets {
  /**
   * The id of a stored ruleset that carries the logic missing from `covered`; null where nothing is
   * missing.
   */
  idFor(covered: ReadonlySet<string>): Promise<string | null>;
}

export interface DeltaOptions {
  readonly library: Pick<RulesetLibrary, 'put'>;
  /** Called for a delta that cannot be stored. */
  readonly onRefused: (deltaId: string, why: string) => void;
}

/** Deltas of one ruleset, made as they are needed and stored next to it. */
export function createDeltaRulesets(options: DeltaOptions, ruleset: Ruleset): DeltaRulesets {
  const requiredLogic = logicOf(ruleset);
  const byGap = new Map<string, Promise<string>>();
  return {
    async idFor(covered) {
      const missing = requiredLogic.filter((hash) => !covered.has(hash));
      if (missing.length === 0) return null;
      const gap = missing.join(' ');
      const known = byGap.get(gap);
      if (known !== undefined) return known;
      if (missing.length === requiredLogic.length || byGap.size >= maxDeltas) return ruleset.id;
      const made = storeDelta(options, ruleset, new Set(missing));
      byGap.set(gap, made);
      return made;
    },
  };
}

/**
 * Stores a delta. If another file keeps its name, the scan uses the whole ruleset: that takes
 * longer and loses nothing.
 */
async function storeDelta(
  { library, onRefused }: DeltaOptions,
  ruleset: Ruleset,
  logic: ReadonlySet<string>,
): Promise<string> {
  const delta = subsetRuleset(ruleset, logic);
  try {
    await library.put(delta);
    return delta.id;
  } catch (error) {
    if (!hasCode(error, 'ERR_RULESET_UNUSABLE', 'ERR_OBJECT_DENIED')) throw error;
    onRefused(delta.id, messageOf(error));
    return ruleset.id;
  }
}
