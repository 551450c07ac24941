import type { RuleSource } from '../../domain/rulesets/rule.ts';
import { type LoadedRuleset, loadSources } from '../../engine/loaded-ruleset.ts';
import { compiledEngineModule, engineModule, engineRemedies } from '../../engine/yara.ts';

/** Where the tests of this thread take their engines from; as a worker does. */
export const testOrigin = {
  module: compiledEngineModule(),
  engineSha256: engineModule().sha256,
  remedies: engineRemedies(),
};

/** Compiles sources, makes an image and loads it, as a worker does. */
export function openTunedRules(sources: readonly RuleSource[]): LoadedRuleset {
  return loadSources(sources, testOrigin);
}
