import type { ScanLimits } from '../../domain/inside/scan-limits.ts';
import type { SegmentStore } from '../../ports/segment-store.ts';
import type { Target } from '../../targets/target.ts';
import type { CliContext, GlobalOptions } from '../context.ts';
import type { FlagSetValues } from '../flags/flag.ts';
import { onFlag } from '../flags/flags.ts';
import { sizeLimitFlags, sizeLimitOf, sizeLimitOptions } from '../flags/size-limit.ts';
import { unpackFlag, unpackOf } from '../flags/unpack-flag.ts';
import { printProblems } from '../output/print-problems.ts';
import { withExistingTarget } from './with-target.ts';

/** Flags that decide which bytes of a file are seen: an index is of use only to scans with the same. */
export const indexLimitFlags = [...sizeLimitFlags, unpackFlag] as const;
export const indexLimitOptions = { ...sizeLimitOptions.shape, unpack: onFlag };

type LimitOptions = FlagSetValues<typeof sizeLimitOptions> & { readonly unpack: boolean };

/** A target with the limits of its index. */
export interface IndexedTarget {
  readonly target: Target;
  readonly segments: SegmentStore;
  readonly limits: ScanLimits;
}

/** Opens the target for commands that use its index. */
export async function withIndex<T>(
  context: CliContext,
  globals: GlobalOptions,
  options: LimitOptions,
  use: (target: IndexedTarget) => Promise<T>,
): Promise<T> {
  const limits = { ...sizeLimitOf(options), unpack: await unpackOf(context, options.unpack) };
  return withExistingTarget(globals, (target) => use({ target, segments: target.segments, limits }), {
    observe: printProblems(context),
  });
}
