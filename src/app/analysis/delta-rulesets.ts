import { hasCode, messageOf } from '../../domain/errors.ts';
import { logicOf, type Ruleset } from '../../domain/rulesets/ruleset.ts';
import { subsetRuleset } from '../../rules/ruleset.ts';
import type { RulesetLibrary } from '../rulesets/ruleset-library.ts';

/**
 * Deltas that one scan may make; objects with other gaps get the whole ruleset, which is right too.
 */
const maxDeltas = 8;

/** The rulesets that objects still need, given what they have been covered with. */
export interface DeltaRulesets {
  /** The logic missing from `covered`, sorted; the same array whenever it is the same. */
  gapOf(covered: ReadonlySet<string>): readonly string[];
  /** The id of a stored ruleset that carries this logic of the ruleset, which is not empty. */
  idFor(gap: readonly string[]): Promise<string>;
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
    gapOf: createGaps(requiredLogic),
    async idFor(gap) {
      if (gap.length === requiredLogic.length) return ruleset.id;
      const key = gap.join(' ');
      const known = byGap.get(key);
      if (known !== undefined) return known;
      if (byGap.size >= maxDeltas) return ruleset.id;
      const made = storeDelta(options, ruleset, new Set(gap));
      byGap.set(key, made);
      return made;
    },
  };
}

/**
 * Returns the logic that is missing from what an object is covered with, in the order of the
 * required logic; the same array whenever it is the same.
 */
export function createGaps(requiredLogic: readonly string[]): (covered: ReadonlySet<string>) => readonly string[] {
  const gaps = new Map<string, readonly string[]>();
  return (covered) => {
    const missing = requiredLogic.filter((hash) => !covered.has(hash));
    if (missing.length === requiredLogic.length) return requiredLogic;
    const key = missing.join(' ');
    const known = gaps.get(key) ?? missing;
    gaps.set(key, known);
    return known;
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
