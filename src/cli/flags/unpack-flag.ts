import type { UnpackLimits } from '../../domain/inside/limits.ts';
import { unpackLimitsOf } from '../../domain/inside/limits-schema.ts';
import type { CliContext } from '../context.ts';
import { readReviewConfig } from './review-config.ts';

/** The flag that leaves members out. */
export const unpackFlag = [
  '--no-unpack',
  'Scan only the files themselves, not what is inside archives, documents and packed files. Default: "unpack" of rearview.yaml.',
] as const;

/**
 * The limits of `rearview.yaml`; null if members are not scanned.
 * @param file value of `--config`
 * @throws RearviewError `ERR_CONFIG`
 */
export async function unpackOf(
  context: Pick<CliContext, 'cwd'>,
  isWanted = true,
  file?: string,
): Promise<UnpackLimits | null> {
  return isWanted ? unpackLimitsOf((await readReviewConfig(context, file)).unpack) : null;
}
