import type { RuleSource } from '../domain/rulesets/rule.ts';
import { buildForScanning } from './image/build-for-scanning.ts';
import { captureImage } from './image/memory-image.ts';
import { type EngineOrigin, type LoadedRuleset, loadImage } from './loaded-ruleset.ts';
import { planVariables, usedExternals } from './variable-slots.ts';

/**
 * Compiles sources, makes an image and loads it. Therefore every scan uses a loaded image, and
 * tests run what is published.
 * @throws RearviewError `ERR_RULES_INVALID`; a trap is passed on unchanged
 */
export function loadSources(sources: readonly RuleSource[], origin: EngineOrigin): LoadedRuleset {
  const { engine, rules } = buildForScanning(sources, origin.module, origin.maxMemoryBytes);
  const { slots } = planVariables(sources);
  const image = {
    ...captureImage(engine, rules, origin.module),
    engineSha256: origin.engineSha256,
    externals: usedExternals(sources),
    ...(slots.length === 0 ? {} : { variables: slots }),
  };
  return loadImage(image, origin);
}
