import { RearviewError } from '../../domain/errors.ts';
import { excludeProblem, maxExcludes } from '../../domain/objects/exclude.ts';
import type { CliContext } from '../context.ts';
import { readReviewConfig } from './review-config.ts';

/** The flag that leaves files out. */
export const excludeFlag = [
  '--exclude <pattern...>',
  'Leave out paths below a folder, as in "*.log", "cache/" or "a/**/b?"; may be given more than once, and adds to "exclude" of rearview.yaml.',
] as const;

/**
 * The patterns of `rearview.yaml` and of the flag, each once.
 * @throws RearviewError `ERR_USAGE`, `ERR_CONFIG`
 */
export async function excludesOf(
  context: Pick<CliContext, 'cwd'>,
  given: readonly string[],
): Promise<readonly string[]> {
  const problem = given.map(excludeProblem).find((each) => each !== null);
  if (problem !== undefined) throw new RearviewError('ERR_USAGE', `--exclude: ${problem}`);
  const all = [...new Set([...(await readReviewConfig(context, undefined)).exclude, ...given])];
  if (all.length > maxExcludes) {
    throw new RearviewError('ERR_USAGE', `--exclude: ${all.length} patterns are too many: at most ${maxExcludes}.`);
  }
  return all;
}
