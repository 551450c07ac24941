import { RearviewError } from '../../domain/errors.ts';
import type { ObjectFilter } from '../../domain/objects/object.ts';
import type { CliContext } from '../context.ts';
import { excludeFlag, excludesOf } from './exclude-flag.ts';
import { type FlagSetValues, flagSet, textFlag } from './flag.ts';
import { switchFlag, textsFlag, timeFlag } from './flags.ts';
import { sizeFlag } from './size-flag.ts';

/** The flags that restrict a retro scan to part of the corpus. */
export const filterFlags = [
  ['--prefix <text>', 'Only objects whose key (for files in place: absolute path) begins with this.'],
  ['--min-size <size>', 'Only objects of at least this size: bytes, or with a unit, for example 10KB or 5MiB.'],
  ['--max-size <size>', 'Only objects of at most this size.'],
  ['--arrived-after <time>', 'Only objects that arrived then or later: ISO 8601, or how long ago, for example 7d.'],
  ['--arrived-before <time>', 'Only objects that arrived before then.'],
  excludeFlag,
  ['--full', 'Scan all objects with all rules, covered or not. Default: only what changed.'],
] as const;

export const filterOptions = flagSet({
  prefix: textFlag.optional(),
  minSize: sizeFlag.optional(),
  maxSize: sizeFlag.optional(),
  arrivedAfter: timeFlag.optional(),
  arrivedBefore: timeFlag.optional(),
  exclude: textsFlag,
  full: switchFlag,
});

/**
 * The filter, with the patterns of `rearview.yaml`.
 * @throws RearviewError `ERR_USAGE` for limits that nothing can pass, and as `excludesOf`
 */
export async function filterOf(
  context: Pick<CliContext, 'cwd'>,
  options: FlagSetValues<typeof filterOptions>,
): Promise<ObjectFilter> {
  const exclude = await excludesOf(context, options.exclude);
  const { prefix, minSize, maxSize, arrivedAfter, arrivedBefore } = options;
  if (minSize !== undefined && maxSize !== undefined && minSize > maxSize) {
    throw new RearviewError('ERR_USAGE', `--min-size ${minSize} is above --max-size ${maxSize}: no object can pass.`);
  }
  if (arrivedAfter !== undefined && arrivedBefore !== undefined && arrivedAfter >= arrivedBefore) {
    throw new RearviewError(
      'ERR_USAGE',
      `--arrived-after ${arrivedAfter} is not before --arrived-before ${arrivedBefore}: no object can pass.`,
    );
  }
  return {
    ...(prefix === undefined ? {} : { prefix }),
    ...(minSize === undefined ? {} : { minBytes: minSize }),
    ...(maxSize === undefined ? {} : { maxBytes: maxSize }),
    ...(arrivedAfter === undefined ? {} : { arrivedAfter }),
    ...(arrivedBefore === undefined ? {} : { arrivedBefore }),
    ...(exclude.length === 0 ? {} : { exclude }),
  };
}
