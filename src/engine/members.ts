import { RearviewError } from '../domain/errors.ts';
import { boundedPlace, type Inside, type Place, renderPlace } from '../domain/inside/inside.ts';
import type { UnpackLimits } from '../domain/inside/limits.ts';
import { nameHint } from '../domain/text/near-names.ts';
import { createSevenZipShelf } from '../unpack/seven-zip-shelf.ts';
import { type Member, unpack } from '../unpack/unpack.ts';

/** A file that may be a container. */
export interface Container {
  readonly bytes: Uint8Array;
  /** The name of the file itself. */
  readonly name: string;
  readonly limits: UnpackLimits;
}

/** Most places that are listed. */
const maxPlaces = 20;

/** The members of a file, without scanning them. */
export interface MemberList {
  /** The first `maxPlaces` places, as `scan` prints them. */
  readonly places: readonly string[];
  /** The number of members. */
  readonly total: number;
}

/** Lists the members of a file, at all levels. None if it is no container. */
export async function listMembers(container: Container): Promise<MemberList> {
  const places: string[] = [];
  let total = 0;
  await open(container, ({ place }) => {
    total += 1;
    if (places.length < maxPlaces) places.push(renderPlace(boundedPlace(place)));
  });
  return { places, total };
}

/**
 * Finds a member by its place, as `scan` prints it: `invoice.zip > macro.docm`. The first one of
 * several with the same place.
 * @throws RearviewError `ERR_USAGE` if there is none; it names similar ones
 */
export async function findMember(
  container: Container,
  wanted: string,
): Promise<{ readonly place: Place; readonly bytes: Uint8Array<ArrayBuffer> }> {
  const places: string[] = [];
  let found: { readonly place: Place; readonly bytes: Uint8Array<ArrayBuffer> } | undefined;
  const inside = await open(container, ({ place, bytes }) => {
    const rendered = renderPlace(boundedPlace(place));
    places.push(rendered);
    if (rendered === wanted) found ??= { place, bytes: new Uint8Array(bytes) };
  });
  if (found !== undefined) return found;
  const none = inside === null ? 'Nothing in it can be opened: leave out --member.' : 'It has no members.';
  const [first, ...names] = nameHint(wanted, places, none);
  throw new RearviewError('ERR_USAGE', [`Unknown member "${wanted}" of ${container.name}. ${first}`, ...names]);
}

async function open({ bytes, name, limits }: Container, onMember: (member: Member) => void): Promise<Inside | null> {
  const shelf = createSevenZipShelf();
  await shelf.fill();
  return unpack(bytes, name, {
    ...{ limits, shelf },
    now: () => performance.now(),
    onMember: (member) => {
      onMember(member);
      return null;
    },
  });
}
