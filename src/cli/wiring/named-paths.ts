import { dropNested, resolveRoot, type WalkRoot } from '../../adapters/local/files/walk-paths.ts';
import { messageOf, RearviewError } from '../../domain/errors.ts';
import { codeOf } from '../../files/system-error.ts';

/**
 * The named files and folders, so that each file is reached once.
 * @throws RearviewError `ERR_USAGE` naming a path that cannot be looked up
 */
export async function namedPaths(paths: readonly string[], cwd: string): Promise<readonly WalkRoot[]> {
  const roots: WalkRoot[] = [];
  for (const each of paths) {
    if (each === '') throw new RearviewError('ERR_USAGE', 'A path is empty.');
    try {
      roots.push(await resolveRoot(each, cwd));
    } catch (cause) {
      const why = codeOf(cause) === 'ENOENT' ? 'does not exist' : `cannot be looked up: ${messageOf(cause)}`;
      throw new RearviewError('ERR_USAGE', `${each} ${why}.`, { cause });
    }
  }
  return dropNested(roots);
}
