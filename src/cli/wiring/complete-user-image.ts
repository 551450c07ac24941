import { realpath } from 'node:fs/promises';
import { completeImage } from '../../app/rulesets/kept/complete-image.ts';
import { createKeptImages } from '../../app/rulesets/kept/kept-images.ts';
import type { ActiveRulesetParts } from '../../app/rulesets/make-active.ts';
import type { Ruleset } from '../../domain/rulesets/ruleset.ts';
import type { CliContext } from '../context.ts';
import { openUserCache } from './prepare-with-cache.ts';

/**
 * Compiles a published ruleset that has no image, and puts the image into the cache of the user and
 * into the published file. Without a cache it does nothing.
 * @throws RearviewError as `completeImage`
 */
export async function completeUserImage(
  { env }: Pick<CliContext, 'env'>,
  parts: ActiveRulesetParts,
  ruleset: Ruleset,
  { rulesDir, signal }: { readonly rulesDir: string; readonly signal: AbortSignal },
): Promise<void> {
  const cache = openUserCache(env);
  if (cache === null) return;
  try {
    const folder = await realpath(rulesDir);
    await completeImage(parts, ruleset, createKeptImages(cache), { rulesDir: folder, now: Date.now, signal });
  } finally {
    cache.close();
  }
}
