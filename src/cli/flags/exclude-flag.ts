import { RearviewError } from '../../domain/errors.ts';
import { excludesProblem } from '../../domain/objects/exclude.ts';
import type { CliContext } from '../context.ts';
import { readReviewConfig } from './review-config.ts';

/** The flag that leaves files out. */
export const excludeFlag = [
  '--exclude <pattern...>',
  'Leave out paths below a folder, for example "*.log", "cache/" or "a/**/b?". May be repeated, and adds to "exclude" of rearview.yaml.',
] as const;

/**
 * The patterns of `rearview.yaml` and of the flag, each once.
 * @throws RearviewError `ERR_USAGE`, `ERR_CONFIG`
 */
export async function excludesOf(
  context: Pick<CliContext, 'cwd'>,
  given: readonly string[],
): Promise<readonly string[]> {
  const own = excludesProblem(given);
  if (own !== null) throw new RearviewError('ERR_USAGE', `--exclude: ${own}`);
  const all = [...new Set([...(await readReviewConfig(context, undefined)).exclude, ...given])];
  const problem = excludesProblem(all);
  if (problem !== null) throw new RearviewError('ERR_USAGE', `--exclude: ${problem}`);
  return all;
}
