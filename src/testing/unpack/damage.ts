import type { ExecutionContext } from 'ava';
import fc from 'fast-check';
import { runs } from '../runs.ts';
import { openFile } from './open-file.ts';

const limits = { maxBytes: 4 * 1024 * 1024, maxMemberBytes: 1024 * 1024, maxMembers: 300, maxDepth: 4 };

/**
 * Checks that a file which is truncated anywhere, or has other bytes, is opened within the limits.
 * The clock moves with each look at it, so that an endless loop ends.
 */
export async function assertBounded(t: ExecutionContext, file: Uint8Array): Promise<void> {
  const open = async (bytes: Uint8Array) => {
    let looks = 0;
    const now = () => {
      looks += 1;
      return looks / 1000;
    };
    const { inside, members } = await openFile(bytes, { limits: { ...limits, maxMs: 2000 }, now });
    if (inside === null) return;
    // The last step may be announced, and is then not allocated.
    if (members.size > limits.maxMembers || inside.reasons.time !== undefined) throw new Error(JSON.stringify(inside));
  };
  const step = Math.max(1, Math.floor(file.length / runs(400)));
  for (let length = 0; length < file.length; length += step) await open(file.slice(0, length));
  const change = fc.record({
    at: fc.nat(file.length - 1),
    bytes: fc.oneof(
      fc.uint8Array({ minLength: 1, maxLength: 4 }),
      fc.constantFrom(Uint8Array.of(255, 255, 255, 255), Uint8Array.of(0, 0, 0, 0), Uint8Array.of(255, 255, 255, 127)),
    ),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 6 }), async (changes) => {
      const changed = file.slice();
      for (const { at, bytes } of changes) changed.set(bytes.subarray(0, changed.length - at), at);
      await open(changed);
    }),
    { numRuns: runs(400) },
  );
  t.pass();
}
