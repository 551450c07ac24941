import { realpathSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { isForeign } from './private-files.ts';

/**
 * On Linux, the user shown inside a container as owner of everything that belongs to none of its
 * users, often including the root of the file system.
 */
const unmappedUser = 65_534;

/**
 * Returns the nearest folder at or above a path that belongs to neither this user nor the
 * superuser. Its owner can replace any folder below it. Links on the way are followed. Null if
 * there is none, and on Windows.
 */
export function foreignAbove(path: string): { readonly path: string; readonly uid: number } | null {
  for (let at = realpathSync(existing(path)); ; at = dirname(at)) {
    const stats = statSync(at);
    const { uid } = stats;
    if (isForeign(stats) && uid !== 0 && uid !== unmappedUser) return { path: at, uid };
    if (at === dirname(at)) return null;
  }
}

function existing(path: string): string {
  let at = path;
  while (statSync(at, { throwIfNoEntry: false }) === undefined && at !== dirname(at)) at = dirname(at);
  return at;
}
