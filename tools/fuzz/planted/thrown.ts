import type { FuzzTarget } from '../fuzz-target.ts';

/** Fails on the name of a missing property. */
export const target: FuzzTarget = {
  name: 'planted-thrown',
  of: [],
  syntax: 'json',
  seeds: () => ['{"user":{"name":"a"},"tags":["b"]}'],
  run(input) {
    let value: { readonly user: { readonly name: string } };
    try {
      value = JSON.parse(input.toString());
    } catch {
      return 'no JSON';
    }
    return `${value.user.name.length > 3 ? 'long' : 'short'}`;
  },
};
