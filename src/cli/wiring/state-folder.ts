import { isStateFolder } from '../../adapters/local/state-database.ts';
import { RearviewError } from '../../domain/errors.ts';
import type { GlobalOptions } from '../context.ts';

/** True if the target exists. The target `local` needs a state folder; `aws` needs none. */
export function hasTarget({ target, stateDir }: Pick<GlobalOptions, 'target' | 'stateDir'>): boolean {
  return target !== 'local' || isStateFolder(stateDir);
}

/**
 * @throws RearviewError `ERR_NOT_FOUND` if the target is this machine and there is no state folder
 */
export function requireStateDir(globals: Pick<GlobalOptions, 'target' | 'stateDir'>): void {
  if (hasTarget(globals)) return;
  throw new RearviewError(
    'ERR_NOT_FOUND',
    `There is no state folder ${globals.stateDir}: run "rearview up" or "rearview publish" first, or use another with --state.`,
  );
}
