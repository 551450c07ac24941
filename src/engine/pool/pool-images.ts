import type { RulesetImage } from '../../domain/rulesets/ruleset.ts';
import { type BaseImage, baseSources, type Layer, layerOn } from '../base-image.ts';
import type { ScannableRuleset } from '../types.ts';
import type { RulesetOrigin } from './scan-protocol.ts';

/** Compressed images are small, and no more rulesets than this are used at a time. */
const mostImages = 8;
/** Rulesets are edited one after the other, so the last ones are the nearest. */
const mostBases = 3;

/** Images that the slots of a pool share. */
export interface PoolImages {
  /** What a worker makes the ruleset from: its image, another one with a layer on top, or the sources. */
  originOf(ruleset: ScannableRuleset): RulesetOrigin;
  /** Stores an image that a worker made. */
  keep(ruleset: ScannableRuleset, image: RulesetImage): void;
  /** Stops using the images of this ruleset. */
  refuse(rulesetId: string, why: string): void;
  /** Stops making this ruleset with a layer. */
  unlayer(rulesetId: string): void;
}

/** An image of this pool that a ruleset can be a layer on. */
interface Base {
  readonly id: string;
  readonly isOwn: boolean;
  /** Computed when it is needed: the sources may have to be decompressed. */
  open(): BaseImage;
}

export interface PoolImagesOptions {
  /** Called once for each ruleset whose image is refused. */
  readonly onRefused?: ((rulesetId: string, why: string) => void) | undefined;
  /** See `ScanPoolOptions`. */
  readonly base?: BaseImage | undefined;
}

/**
 * The images of a pool: those that were part of rulesets, and those that its workers made from
 * sources.
 */
export function createPoolImages({ onRefused = () => undefined, base }: PoolImagesOptions = {}): PoolImages {
  const made = new Map<string, RulesetImage>();
  const refused = new Set<string>();
  const unlayered = new Set<string>();
  let bases: readonly Base[] = base === undefined ? [] : [{ id: '', isOwn: false, open: () => base }];

  function imageOf({ id, image }: ScannableRuleset): { readonly image: RulesetImage; readonly isOwn: boolean } | null {
    const own = made.get(id);
    if (own !== undefined) return { image: own, isOwn: true };
    return refused.has(id) || !image ? null : { image, isOwn: false };
  }

  function addBase(ruleset: ScannableRuleset, image: RulesetImage, isOwn: boolean): void {
    let opened: BaseImage | undefined;
    const open = () => (opened ??= { image, sources: baseSources(ruleset.sources) });
    bases = [{ id: ruleset.id, isOwn, open }, ...bases.filter(({ id }) => id !== ruleset.id)].slice(0, mostBases);
  }

  function layersOf({ id, sources }: ScannableRuleset): RulesetOrigin | null {
    if (unlayered.has(id)) return null;
    for (const { isOwn, open } of bases) {
      const under = open();
      const layer: Layer | null = layerOn(under, sources);
      const order = sources.map(({ namespace }) => namespace);
      if (layer !== null) return { from: 'layers', image: under.image, isOwn, layer, order };
    }
    return null;
  }

  return {
    originOf(ruleset) {
      const found = imageOf(ruleset);
      if (found === null) return layersOf(ruleset) ?? { from: 'sources', sources: ruleset.sources };
      addBase(ruleset, found.image, found.isOwn);
      return { from: 'image', ...found };
    },
    keep(ruleset, image) {
      made.delete(ruleset.id);
      made.set(ruleset.id, image);
      addBase(ruleset, image, true);
      const oldest = made.keys().next();
      if (made.size > mostImages && !oldest.done) made.delete(oldest.value);
    },
    refuse(rulesetId, why) {
      made.delete(rulesetId);
      bases = bases.filter(({ id }) => id !== rulesetId);
      if (refused.has(rulesetId)) return;
      refused.add(rulesetId);
      onRefused(rulesetId, why);
    },
    unlayer: (rulesetId) => void unlayered.add(rulesetId),
  };
}
