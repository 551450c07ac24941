import type { Inside } from '../../domain/inside/inside.ts';
import { renderPlace } from '../../domain/inside/inside.ts';
import { defaultUnpackLimits, type UnpackLimits } from '../../domain/inside/limits.ts';
import { createSevenZipShelf } from '../../unpack/seven-zip-shelf.ts';
import { unpack } from '../../unpack/unpack.ts';

/** What was found in a specimen. */
export interface Opened {
  /** Place and content of each member in Latin-1, in the order in which they were found. */
  readonly members: readonly (readonly [place: string, content: string])[];
  /** Places and reasons of what was not scanned: `a.zip > b: encrypted`. */
  readonly missed: readonly string[];
  /** Null if the specimen is not a container. */
  readonly inside: Inside | null;
}

const shelf = createSevenZipShelf();

/** Opens a specimen, with the default limits except for some. Only tests of time run out of time. */
export async function openSpecimen(
  bytes: Uint8Array,
  { name = 'specimen', ...limits }: Partial<UnpackLimits> & { readonly name?: string } = {},
): Promise<Opened> {
  const members: (readonly [string, string])[] = [];
  const inside = await unpack(bytes, name, {
    limits: { ...defaultUnpackLimits, maxMs: Number.POSITIVE_INFINITY, ...limits },
    now: () => performance.now(),
    shelf,
    onMember: ({ place, bytes: content }) => {
      members.push([renderPlace(place), Buffer.from(content).toString('latin1')]);
      return null;
    },
  });
  const missed = (inside?.notScanned ?? []).map(({ place, reason }) => `${renderPlace(place)}: ${reason}`);
  return { members, missed, inside };
}
