import type { LocalTargetOptions } from '../../targets/local/local-target.ts';
import type { MatchTarget, Target } from '../../targets/target.ts';
import type { GlobalOptions } from '../context.ts';
import { requireStateDir } from './state-folder.ts';

type OpenOptions = Omit<LocalTargetOptions, 'stateDir'>;

/**
 * Opens the selected target, creates a missing state folder, and closes the target after `use`.
 */
export async function withTarget<T>(
  globals: GlobalOptions,
  use: (target: Target) => Promise<T>,
  options: OpenOptions = {},
): Promise<T> {
  const target = await openTarget(globals, options);
  try {
    return await use(target);
  } finally {
    await target.close();
  }
}

/**
 * Opens the target like `withTarget`, for commands that need an existing state folder.
 * @throws RearviewError `ERR_NOT_FOUND` where there is none
 */
export async function withExistingTarget<T>(
  globals: GlobalOptions,
  use: (target: Target) => Promise<T>,
  options: OpenOptions = {},
): Promise<T> {
  requireStateDir(globals);
  return withTarget(globals, use, options);
}

/**
 * Opens the matches of the target, for commands that only read them.
 * @throws RearviewError `ERR_NOT_FOUND` where there is no state folder
 */
export async function withMatches<T>(globals: GlobalOptions, use: (target: MatchTarget) => Promise<T>): Promise<T> {
  if (globals.target !== 'local') return withTarget(globals, use);
  requireStateDir(globals);
  const { openLocalMatches } = await import('../../targets/local/local-matches.ts');
  const target = openLocalMatches(globals.stateDir);
  try {
    return await use(target);
  } finally {
    await target.close();
  }
}

async function openTarget(globals: GlobalOptions, options: OpenOptions): Promise<Target> {
  if (globals.target === 'local') {
    const [{ openLocalTarget }, { localPreviewLimits }] = await Promise.all([
      import('../../targets/local/local-target.ts'),
      import('../../targets/preview-limits.ts'),
    ]);
    return openLocalTarget({ previews: localPreviewLimits(globals.env), ...options, stateDir: globals.stateDir });
  }
  const { openAws } = await import('./open-aws.ts');
  return openAws(globals, options);
}
