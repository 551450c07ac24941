import type { FuzzTarget } from '../fuzz-target.ts';

/** Never ends if two marks are adjacent. */
export const target: FuzzTarget = {
  name: 'planted-hang',
  of: [],
  syntax: 'text',
  seeds: () => ['a!b'],
  words: ['!'],
  run(input) {
    while (input.includes('!!'));
    return 'ended';
  },
};
