import { logicOf, type Ruleset } from '../domain/ruleset.ts';
import { subsetRuleset } from '../rules/ruleset.ts';
import type { RulesetLibrary } from './ruleset-library.ts';

/** Deltas that one scan may make; objects with other gaps get the whole ruleset, which is right too. */
const maxDeltas = 8;

/** The ruleset that an object still needs, given what it has been covered with. */
export interface DeltaRulesets {
  /** The id of a stored ruleset that carries the logic missing from `coverage`; null where nothing is missing. */
  idFor(coverage: readonly string[]): Promise<string | null>;
}

/** Deltas of one ruleset, made as they are needed and stored beside it. */
export function createDeltaRulesets(library: RulesetLibrary, ruleset: Ruleset): DeltaRulesets {
  const wanted = logicOf(ruleset);
  const byGap = new Map<string, Promise<string>>();
  return {
    async idFor(coverage) {
      const covered = new Set(coverage);
      const missing = wanted.filter((hash) => !covered.has(hash));
      if (missing.length === 0) return null;
      const gap = missing.join(' ');
      const known = byGap.get(gap);
      if (known !== undefined) return known;
      if (missing.length === wanted.length || byGap.size >= maxDeltas) return ruleset.id;
      const made = storeDelta(library, ruleset, new Set(missing));
      byGap.set(gap, made);
      return made;
    },
  };
}

async function storeDelta(library: RulesetLibrary, ruleset: Ruleset, logic: ReadonlySet<string>): Promise<string> {
  const delta = subsetRuleset(ruleset, logic);
  await library.put(delta);
  return delta.id;
}
