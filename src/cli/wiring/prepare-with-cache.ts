import { openContentCache } from '../../adapters/local/content-cache.ts';
import { type PreparedRules, type PrepareOptions, prepareRules } from '../../app/rulesets/prepare-rules.ts';
import { userFolder } from '../../files/user-folder.ts';
import type { CliContext } from '../context.ts';

/**
 * Prepares rules with the cache of the user, so that only what changed is computed. Without a
 * folder for it, everything is.
 * @throws RearviewError as `prepareRules`
 */
export async function prepareWithCache(
  { env }: Pick<CliContext, 'env'>,
  options: Omit<PrepareOptions, 'cache'>,
): Promise<PreparedRules> {
  const cache = openUserCache(env);
  try {
    return await prepareRules({ ...options, cache });
  } finally {
    cache?.close();
  }
}

/** The cache of the user; null if there can be none. The caller closes it. */
export function openUserCache(env: CliContext['env']): ReturnType<typeof openContentCache> {
  const folder = userFolder(env, 'cache');
  return folder === null ? null : openContentCache(folder, { now: Date.now });
}
