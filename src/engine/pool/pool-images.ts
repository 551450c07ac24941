import type { RulesetImage } from '../../domain/rulesets/ruleset.ts';
import type { PoolImages } from './scan-slot.ts';

/** Compressed images are small, and no more rulesets than this are used at a time. */
const mostImages = 8;

/**
 * The images of a pool: those that were part of rulesets, and those that its workers made from
 * sources.
 */
export function createPoolImages(onRefused: (rulesetId: string, why: string) => void = () => undefined): PoolImages {
  const made = new Map<string, RulesetImage>();
  const refused = new Set<string>();
  return {
    of: ({ id, image }) => {
      const own = made.get(id);
      if (own !== undefined) return { image: own, isOwn: true };
      return refused.has(id) || !image ? null : { image, isOwn: false };
    },
    keep: (rulesetId, image) => {
      made.delete(rulesetId);
      made.set(rulesetId, image);
      const oldest = made.keys().next();
      if (made.size > mostImages && !oldest.done) made.delete(oldest.value);
    },
    refuse: (rulesetId, why) => {
      made.delete(rulesetId);
      if (refused.has(rulesetId)) return;
      refused.add(rulesetId);
      onRefused(rulesetId, why);
    },
  };
}
