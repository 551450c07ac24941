import { readFileSync } from 'node:fs';
import type { Inside } from '../../../src/domain/inside/inside.ts';
import type { UnpackLimits } from '../../../src/domain/inside/limits.ts';
import { createSevenZipShelf } from '../../../src/unpack/seven-zip-shelf.ts';
import { unpack } from '../../../src/unpack/unpack.ts';
import { type FuzzTarget, require, type Seed } from '../fuzz-target.ts';

const folder = new URL('../../../src/testing/specimens/files/', import.meta.url);

/** Small enough that a limit is reached often. */
const limits: UnpackLimits = {
  maxDepth: 3,
  maxMembers: 50,
  maxMemberBytes: 256 * 1024,
  maxBytes: 1024 * 1024,
  maxRatio: 250,
  // Looks at the clock, not milliseconds: the same input ends the same way on any machine.
  maxMs: 200_000,
  passwords: ['infected'],
};
const shelf = createSevenZipShelf();

/** Specimens of independent tools. */
export function specimens(...files: readonly string[]): readonly Seed[] {
  return files.map((file) => readFileSync(new URL(file, folder)));
}

/** A target that opens containers: whatever the bytes, it ends within the limits, and says so. */
export function containerTarget(target: Pick<FuzzTarget, 'name' | 'of' | 'seeds' | 'words' | 'repair'>): FuzzTarget {
  return { ...target, syntax: 'bytes', maxBytes: 32_768, run: openContainer };
}

/** Every how many inputs are opened again. */
const repeatedOf = 8;
const good = readFileSync(new URL('members.7z', folder));

async function openContainer(input: Buffer): Promise<string> {
  const inside = await open(input);
  if (inside === null) return 'not a container';
  if (input.length % repeatedOf === 0) {
    require(JSON.stringify(await open(input)) === JSON.stringify(inside), 'an input opens the same way again');
  }
  if (inside.reasons.unpacker_crash !== undefined) {
    require((await open(good))?.scanned === 2, 'a crash of the unpacker costs no other file');
  }
  return Object.keys(inside.reasons).sort()[0] ?? 'opened';
}

async function open(input: Buffer): Promise<Inside | null> {
  let looks = 0;
  let members = 0;
  let largest = 0;
  // As scan workers do: an archive that waits for an unpacker is opened later, so in another order.
  await shelf.fill();
  const inside = await unpack(input, 'input', {
    limits,
    now: () => {
      looks += 1;
      return looks;
    },
    shelf,
    onMember: ({ place, bytes }) => {
      members += 1;
      largest = Math.max(largest, bytes.length);
      require(place.length > 0 && place.length <= limits.maxDepth, 'a member is within the depth');
      require(bytes instanceof Uint8Array, 'a member has unsigned bytes');
      return null;
    },
  });
  require(members <= limits.maxMembers, 'the number of members is limited');
  require(largest <= limits.maxMemberBytes, 'the size of a member is limited');
  require(members === 0 || inside?.scanned === members, 'every member is counted');
  return inside;
}
