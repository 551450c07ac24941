import { RearviewError } from '../../domain/errors.ts';
import { largeFilePolicies, largestMaxObjectBytes, type SizeLimit } from '../../domain/objects/size-limit.ts';
import { defaultLargeFiles, defaultMaxObjectBytes } from '../../targets/target.ts';
import { type FlagSetValues, flagSet } from './flag.ts';
import { choiceFlag } from './flags.ts';
import { sizeFlag } from './size-flag.ts';

export const largeFilesFlag = choiceFlag(largeFilePolicies).default(defaultLargeFiles);

/** The flags for the part of a file that is scanned. */
export const sizeLimitFlags = [
  ['--max-size <size>', 'Files up to this size are scanned whole: bytes, or with a unit, below 2GiB. Default: 256MiB.'],
  [
    '--large-files <policy>',
    'What to do with larger files: skip, or head to scan their first --max-size bytes. Default: skip.',
  ],
] as const;

export const sizeLimitOptions = flagSet({
  maxSize: sizeFlag.default(defaultMaxObjectBytes),
  largeFiles: largeFilesFlag,
});

/**
 * @throws RearviewError `ERR_USAGE` for a limit that the engine cannot scan, and for a first part
 * of no bytes
 */
export function sizeLimitOf({ maxSize, largeFiles }: FlagSetValues<typeof sizeLimitOptions>): SizeLimit {
  if (maxSize > largestMaxObjectBytes) {
    throw new RearviewError(
      'ERR_USAGE',
      `--max-size is ${maxSize} bytes, and the engine scans less than 2 GiB at once: use 2047MiB or less. --large-files head scans the first part of larger files.`,
    );
  }
  if (maxSize === 0 && largeFiles === 'head') {
    throw new RearviewError('ERR_USAGE', '--large-files head needs a --max-size of at least 1 byte.');
  }
  return { maxObjectBytes: maxSize, largeFiles };
}
