import { isStateFolder } from '../../adapters/local/state.ts';
import { RearviewError } from '../../domain/errors.ts';
import type { GlobalOptions } from '../context.ts';

/**
 * Whether there is a target. On this machine it takes a state folder; in AWS there is none to look
 * for.
 */
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
    `There is no state folder ${globals.stateDir}: run "rearview up" or "rearview publish" first, or name another with --state.`,
  );
}
