import type { RulesetImage } from '../../domain/rulesets/ruleset.ts';
import { type BaseShelf, baseSources, createBaseShelf } from '../base-image.ts';
import type { ScannableRuleset } from '../types.ts';
import type { RulesetOrigin } from './scan-protocol.ts';

/** Compressed images are small, and no more rulesets than this are used at a time. */
const mostImages = 8;

/** Images that the slots of a pool share. */
export interface PoolImages {
  /** Returns where a worker takes the ruleset from: its image, another image with a layer on top, or the sources. */
  originOf(ruleset: ScannableRuleset): RulesetOrigin;
  /** Stores an image that a worker made. */
  keep(ruleset: ScannableRuleset, image: RulesetImage): void;
  /** Stops using the images of this ruleset. */
  refuse(rulesetId: string, why: string): void;
  /** Stops making this ruleset with a layer. */
  unlayer(rulesetId: string): void;
}

export interface PoolImagesOptions {
  /** Called once for each ruleset whose image is refused. */
  readonly onRefused?: ((rulesetId: string, why: string) => void) | undefined;
  /** See `ScanPoolOptions`. */
  readonly bases?: BaseShelf | undefined;
}

/**
 * The images of a pool: those that were part of rulesets, and those that its workers made from
 * sources.
 */
export function createPoolImages({
  onRefused = () => undefined,
  bases = createBaseShelf(),
}: PoolImagesOptions = {}): PoolImages {
  const made = new Map<string, RulesetImage>();
  const refused = new Set<string>();
  const unlayered = new Set<string>();

  function imageOf({ id, image }: ScannableRuleset): { readonly image: RulesetImage; readonly isOwn: boolean } | null {
    const own = made.get(id);
    if (own !== undefined) return { image: own, isOwn: true };
    return refused.has(id) || !image ? null : { image, isOwn: false };
  }

  function addBase(ruleset: ScannableRuleset, image: RulesetImage): void {
    bases.add(ruleset.id, () => ({ image, sources: baseSources(ruleset.sources) }));
  }

  function layersOf({ id, sources }: ScannableRuleset): RulesetOrigin | null {
    const found = unlayered.has(id) ? null : bases.find(sources);
    return found === null ? null : { from: 'layers', ...found, order: sources.map(({ namespace }) => namespace) };
  }

  return {
    originOf(ruleset) {
      const found = imageOf(ruleset);
      if (found === null) return layersOf(ruleset) ?? { from: 'sources', sources: ruleset.sources };
      addBase(ruleset, found.image);
      return { from: 'image', ...found };
    },
    keep(ruleset, image) {
      made.delete(ruleset.id);
      made.set(ruleset.id, image);
      addBase(ruleset, image);
      const oldest = made.keys().next();
      if (made.size > mostImages && !oldest.done) made.delete(oldest.value);
    },
    refuse(rulesetId, why) {
      made.delete(rulesetId);
      bases.remove(rulesetId);
      if (refused.has(rulesetId)) return;
      refused.add(rulesetId);
      onRefused(rulesetId, why);
    },
    unlayer: (rulesetId) => void unlayered.add(rulesetId),
  };
}
