import { parseDuration } from '../../../src/cli/flags/parse-duration.ts';
import { parseSize } from '../../../src/cli/flags/parse-size.ts';
import { parseTime } from '../../../src/cli/flags/parse-time.ts';
import { RearviewError } from '../../../src/domain/errors.ts';
import { type FuzzTarget, require } from '../fuzz-target.ts';

const now = Date.parse('2026-06-01T00:00:00Z');

/** Durations, sizes and times as users write them. */
export const target: FuzzTarget = {
  name: 'cli-values',
  of: ['src/cli/flags/parse-duration.ts', 'src/cli/flags/parse-size.ts', 'src/cli/flags/parse-time.ts'],
  syntax: 'text',
  seeds: () => [
    '90s',
    '1.5h',
    '10KB',
    '5MiB',
    '2026-01-31T08:00:00Z',
    '2026-02-30',
    '7d',
    '1024',
    '2026-01-31T08:00+01:00',
  ],
  words: [
    'ms',
    's',
    'min',
    'h',
    'd',
    'w',
    'KiB',
    'GB',
    'constructor',
    '__proto__',
    'toString',
    'Z',
    '+14:00',
    'T',
    '-',
    ' ',
  ],
  maxBytes: 2048,
  run(input) {
    const text = input.toString();
    const read = [
      attempt(
        () => parseDuration(text),
        (ms) => Number.isFinite(ms) && ms >= 0,
      ),
      attempt(
        () => parseSize(text),
        (bytes) => Number.isSafeInteger(bytes) && bytes >= 0,
      ),
      attempt(
        () => parseTime(text, now),
        (time) => !Number.isNaN(Date.parse(time)),
      ),
    ];
    return read.join(' ');
  },
};

function attempt<T>(read: () => T, isSound: (value: T) => boolean): 'yes' | 'no' {
  try {
    require(isSound(read()), 'what is read is a number, or a time');
    return 'yes';
  } catch (error) {
    if (error instanceof RearviewError) return 'no';
    throw error;
  }
}
