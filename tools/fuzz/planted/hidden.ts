import { type FuzzTarget, require } from '../fuzz-target.ts';

/** Fails only behind conditions that are met one after the other: inputs that get further have to be kept. */
export const target: FuzzTarget = {
  name: 'planted-hidden',
  of: [],
  syntax: 'text',
  seeds: () => ['0000'],
  words: ['k', 'e', 'y', '!'],
  run(input) {
    return unlock(input.toString());
  },
};

function unlock(text: string): string {
  if (text[0] !== 'k') return 'first';
  if (text[1] !== 'e') return 'second';
  if (text[2] !== 'y') return 'third';
  require(text[3] !== '!', 'the door stays closed');
  return 'fourth';
}
