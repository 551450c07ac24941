import { hasCode } from '../../../domain/errors.ts';
import type { Ruleset } from '../../../domain/rulesets/ruleset.ts';
import { buildImage } from '../../../engine/build-image.ts';
import { type ActiveRulesetParts, publish } from '../make-active.ts';
import type { KeptImages } from './kept-images.ts';

export interface CompleteImageOptions {
  /** Its real path. */
  readonly rulesDir: string;
  readonly now: () => number;
  /** Ends the compilation. */
  readonly signal: AbortSignal;
}

/**
 * Compiles a ruleset that was published without an image, and adds the image to the published file
 * and to the images that are kept. If another ruleset is active by then, it stays active.
 * @throws RearviewError as `buildImage` and `publish`; the reason of the signal
 */
export async function completeImage(
  parts: ActiveRulesetParts,
  ruleset: Ruleset,
  images: KeptImages,
  { rulesDir, now, signal }: CompleteImageOptions,
): Promise<void> {
  const image = await buildImage(ruleset.sources, { compression: 'fast', signal });
  if (image === null) return;
  images.keep(rulesDir, ruleset, image);
  try {
    await publish(parts, { ...ruleset, image }, { now, replaces: ruleset.id });
  } catch (error) {
    if (!hasCode(error, 'ERR_CONFLICT')) throw error;
  }
}
