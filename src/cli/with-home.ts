import { existsSync } from 'node:fs';
import { RearviewError } from '../domain/errors.ts';
import type { GlobalOptions } from './context.ts';
import { type Home, type HomeOptions, openHome } from './home.ts';

/** Opens the state folder, made where it is not there yet, and closes it when `use` has ended. */
export async function withHome<T>(
  { stateDir }: GlobalOptions,
  use: (home: Home) => Promise<T>,
  options: Omit<HomeOptions, 'stateDir'> = {},
): Promise<T> {
  const home = await openHome({ ...options, stateDir });
  try {
    return await use(home);
  } finally {
    await home.close();
  }
}

/**
 * As `withHome`, for commands that have nothing to say of a state folder that is only just being made.
 * @throws RearviewError `ERR_NOT_FOUND` where there is none
 */
export async function withExistingHome<T>(
  globals: GlobalOptions,
  use: (home: Home) => Promise<T>,
  options: Omit<HomeOptions, 'stateDir'> = {},
): Promise<T> {
  if (!existsSync(globals.stateDir)) {
    throw new RearviewError(
      'ERR_NOT_FOUND',
      `There is no state folder ${globals.stateDir}: run "rearview up" or "rearview publish" first, or name another with --state.`,
    );
  }
  return withHome(globals, use, options);
}
