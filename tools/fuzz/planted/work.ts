import type { FuzzTarget } from '../fuzz-target.ts';

/** Reads every character once for every character. */
export const target: FuzzTarget = {
  name: 'planted-work',
  of: [],
  syntax: 'text',
  seeds: () => ['abab'],
  maxBytes: 2000,
  maxWork: (bytes) => 10_000 + 100 * bytes,
  run(input) {
    let pairs = 0;
    for (const one of input) for (const other of input) if (one === other) pairs += 1;
    return pairs > 1000 ? 'many' : 'few';
  },
};
