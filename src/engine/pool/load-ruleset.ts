import type { RuleSource } from '../../domain/rulesets/rule.ts';
import { layeredRuleset } from '../layered-ruleset.ts';
import { type EngineOrigin, type LoadedRuleset, loadCheckedImage, loadImage } from '../loaded-ruleset.ts';
import type { RulesetOrigin } from './scan-protocol.ts';

/**
 * Loads a ruleset for a worker. What compiles rules is imported with the first sources: most workers
 * only load images.
 * @throws RearviewError `ERR_RULES_INVALID`; `ImageError`; a trap is passed on unchanged
 */
export async function loadRuleset(from: RulesetOrigin, engines: EngineOrigin): Promise<LoadedRuleset> {
  if (from.from === 'sources') return loadSources(from.sources, engines);
  if (from.from === 'layers') return addLayer(loadCheckedImage(from.image, engines), from, engines);
  return from.isOwn ? loadImage(from.image, engines) : loadCheckedImage(from.image, engines);
}

async function loadSources(sources: readonly RuleSource[], engines: EngineOrigin): Promise<LoadedRuleset> {
  const compiling = await import('../load-sources.ts');
  return compiling.loadSources(sources, engines);
}

async function addLayer(
  base: LoadedRuleset,
  { layer, order }: Extract<RulesetOrigin, { from: 'layers' }>,
  engines: EngineOrigin,
): Promise<LoadedRuleset> {
  try {
    const { hidden, sources } = layer;
    const added = sources.length === 0 ? null : await loadSources(sources, engines);
    return layeredRuleset({ base, layer: added, hidden, order });
  } catch (error) {
    base.free();
    throw error;
  }
}
