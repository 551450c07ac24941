import type { FuzzTarget } from '../fuzz-target.ts';

/** Allocates more and more if a length says so. */
export const target: FuzzTarget = {
  name: 'planted-memory',
  of: [],
  syntax: 'text',
  seeds: () => ['length 3'],
  run(input) {
    const length = Number(/\d+/.exec(input.toString())?.[0] ?? 0);
    const all: string[][] = [];
    for (let count = 0; count < length / 100; count += 1) all.push(Array.from({ length: 1000 }, () => `${count}`));
    return 'ended';
  },
};
