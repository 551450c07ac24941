import { crc32 } from 'node:zlib';
import { bufferOf } from '../bytes/read.ts';
import { searchedBytes } from '../probe.ts';
import { compressions, type Find } from './signatures.ts';

/** Starts that are looked at: programs that open archives contain some, too. */
const maxStarts = 100;

interface Kind {
  readonly magic: string;
  /** The part of the magic that is searched, and where it starts: its first byte is rare. */
  readonly rare: string;
  readonly rareAt: number;
  readonly isStart: (bytes: Buffer, at: number) => boolean;
}

/** https://www.7-zip.org/sdk.html, 7zFormat.txt: the checksum of the start header. */
const sevenZip: Kind = {
  ...{ magic: '7z\xbc\xaf\x27\x1c', rare: '\xaf\x27\x1c', rareAt: 3 },
  isStart: (bytes, at) =>
    at + 32 <= bytes.length && crc32(bytes.subarray(at + 12, at + 32)) === bytes.readUInt32LE(at + 8),
};

/** The checksum of the header of the archive. */
const rar: Kind = {
  ...{ magic: 'Rar!\x1a\x07\x00', rare: '\x1a\x07', rareAt: 4 },
  isStart: (bytes, at) =>
    at + 20 <= bytes.length &&
    bytes[at + 9] === 0x73 &&
    (crc32(bytes.subarray(at + 9, at + 7 + Math.max(13, bytes.readUInt16LE(at + 12)))) & 0xffff) ===
      bytes.readUInt16LE(at + 7),
};

/** https://www.rarlab.com/technote.htm: the header of the archive, or that of encryption. */
const rar5: Kind = {
  ...{ magic: 'Rar!\x1a\x07\x01\x00', rare: '\x1a\x07', rareAt: 4 },
  isStart: (bytes, at) => {
    const size = bytes[at + 12] ?? 0;
    if (size === 0 || size > 127 || at + 13 + size > bytes.length) return false;
    return crc32(bytes.subarray(at + 12, at + 13 + size)) === bytes.readUInt32LE(at + 8);
  },
};

const kinds = { '7z': sevenZip, rar, rar5 };

/**
 * An archive behind any other content, as 7-Zip and WinRAR find it. Inside another archive it is a
 * member, and not searched.
 * @param name of the format
 */
export function findBehind(name: keyof typeof kinds): Find {
  const { magic, rare, rareAt, isStart }: Kind = kinds[name];
  const needle = Buffer.from(rare, 'latin1');
  return (probe, earlier) => {
    if (earlier.some((each) => !compressions.has(each))) return null;
    const all = bufferOf(probe.bytes);
    const searched = all.subarray(0, searchedBytes);
    let rareFound = probe.firstOf(rare);
    for (let starts = 0; rareFound !== -1 && starts < maxStarts; ) {
      const at = rareFound - rareAt;
      rareFound = searched.indexOf(needle, rareFound + 1);
      // What starts at 0 is found by its magic.
      if (at <= 0 || !probe.has(magic, at)) continue;
      starts += 1;
      if (isStart(all, at)) return at;
    }
    return null;
  };
}
