import { type FuzzTarget, require } from '../fuzz-target.ts';

/** Fails only behind a sequence of conditions: inputs that get further must be kept. */
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
