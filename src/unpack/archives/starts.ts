import { hasAt } from '../bytes/read.ts';
import type { ArchiveStarts } from '../types.ts';

/** Bytes in which archivers look for the start of an archive, whatever comes before it. */
const searchedBytes = 1024 * 1024;

interface Magic {
  readonly magic: string;
  /** Its bytes from here on are searched: the first is rare. */
  readonly rareAt: number;
  readonly rare: Buffer;
}

const sevenZip = magicOf('7z\xbc\xaf\x27\x1c', 3);
const rar = magicOf('Rar!\x1a\x07', 4);

function magicOf(magic: string, rareAt: number): Magic {
  return { magic, rareAt, rare: Buffer.from(magic.slice(rareAt), 'latin1') };
}

/** Where archives may start behind other content, so never at 0. */
export function findStarts(bytes: Buffer): ArchiveStarts {
  const searched = bytes.length > searchedBytes ? bytes.subarray(0, searchedBytes) : bytes;
  return { sevenZip: placesOf(sevenZip, searched), rar: placesOf(rar, searched) };
}

function placesOf({ magic, rareAt, rare }: Magic, bytes: Buffer): readonly number[] {
  const places: number[] = [];
  for (let found = bytes.indexOf(rare, rareAt + 1); found !== -1; found = bytes.indexOf(rare, found + 1)) {
    if (hasAt(bytes, magic, found - rareAt)) places.push(found - rareAt);
  }
  return places;
}
