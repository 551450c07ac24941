import { openFile } from '../../../src/testing/unpack/open-file.ts';
import { require } from '../fuzz-target.ts';

const limits = { maxBytes: 4 * 1024 * 1024, maxMemberBytes: 1024 * 1024, maxMembers: 300, maxDepth: 3, maxMs: 3000 };

/**
 * Opens an input as a container, with a clock that moves with each look at it: a loop ends, and the
 * outcome depends on the input only.
 */
export async function openInput(input: Uint8Array): Promise<string> {
  let looks = 0;
  const now = () => {
    looks += 1;
    return looks / 100;
  };
  const { inside } = await openFile(input, { limits, now });
  if (inside === null) return 'no container';
  require(inside.scanned <= limits.maxMembers, 'no more members than the limit');
  require(inside.reasons.unpacker_crash === undefined, 'no crash');
  const reasons = Object.keys(inside.reasons).sort().join(' ');
  return `${inside.formats[0]}: ${inside.scanned > 0 ? 'members' : 'none'} ${reasons}`.trim();
}
