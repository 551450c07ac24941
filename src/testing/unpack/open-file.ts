import type { Inside } from '../../domain/inside/inside.ts';
import { defaultUnpackLimits, type UnpackLimits } from '../../domain/inside/limits.ts';
import { createSevenZipShelf } from '../../unpack/seven-zip-shelf.ts';
import { unpack } from '../../unpack/unpack.ts';

export interface OpenedFile {
  /** The members by their rendered places. Of members with the same place, the last one. */
  readonly members: ReadonlyMap<string, Buffer>;
  /** Null for a file that is no container. */
  readonly inside: Inside | null;
}

interface OpenOptions {
  readonly limits?: Partial<UnpackLimits>;
  readonly now?: () => number;
  /** Called with the content of each member in Latin-1, also of those with the same place. */
  readonly onMember?: (content: string) => void;
}

const shelf = createSevenZipShelf();

/** Opens a file, with a clock that stands still unless another one is given. */
export async function openFile(
  bytes: Uint8Array,
  { limits = {}, now = () => 0, onMember = () => undefined }: OpenOptions = {},
): Promise<OpenedFile> {
  await shelf.fill();
  const members = new Map<string, Buffer>();
  const inside = await unpack(bytes, 'file', {
    limits: { ...defaultUnpackLimits, ...limits },
    now,
    shelf,
    onMember: ({ place, bytes: content }) => {
      onMember(Buffer.from(content).toString('latin1'));
      members.set(place.join(' > '), Buffer.from(content));
      return null;
    },
  });
  return { members, inside };
}
