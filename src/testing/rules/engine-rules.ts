import type { RuleSource } from '../../domain/rulesets/rule.ts';
import { loadSources } from '../../engine/load-sources.ts';
import type { LoadedRuleset } from '../../engine/loaded-ruleset.ts';
import { engineSha256 } from '../../engine/module/engine-module.ts';
import { compiledEngineModule } from '../../engine/yara.ts';

/** The source of engines for tests in this thread, like that of a worker. */
export const testOrigin = {
  module: compiledEngineModule(),
  engineSha256: engineSha256(),
};

/** Compiles sources, makes an image and loads it, as a worker does. */
export function openEngineRules(sources: readonly RuleSource[]): LoadedRuleset {
  return loadSources(sources, testOrigin);
}
