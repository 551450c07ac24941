import { createHash } from 'node:crypto';
import { type FuzzTarget, require } from '../fuzz-target.ts';

const hashBytes = 32;
const hashOf = (content: Uint8Array): Buffer => createHash('sha256').update(content).digest();

/** Ignores content with a wrong hash. */
export const target: FuzzTarget = {
  name: 'planted-repaired',
  of: [],
  syntax: 'bytes',
  seeds: () => [Buffer.concat([hashOf(Buffer.from('content')), Buffer.from('content')])],
  repair: (input) => Buffer.concat([hashOf(input.subarray(hashBytes)), input.subarray(hashBytes)]),
  run(input) {
    const content = input.subarray(hashBytes);
    if (!hashOf(content).equals(input.subarray(0, hashBytes))) return 'altered';
    require(content.length === 7, 'content has seven bytes');
    return 'accepted';
  },
};
