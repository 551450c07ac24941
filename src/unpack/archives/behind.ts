import { crc32 } from 'node:zlib';
import type { ArchiveStarts, Find } from '../types.ts';
import { compressions } from './signatures.ts';

interface Kind {
  readonly starts: keyof ArchiveStarts;
  readonly isStart: (bytes: Buffer, at: number) => boolean;
}

/** https://www.7-zip.org/sdk.html, 7zFormat.txt: the checksum of the start header. */
const sevenZip: Kind = {
  starts: 'sevenZip',
  isStart: (bytes, at) =>
    at + 32 <= bytes.length && crc32(bytes.subarray(at + 12, at + 32)) === bytes.readUInt32LE(at + 8),
};

/** More than a header has with a comment. False starts cost a checksum each. */
const maxRarHeader = 4096;

/** The checksum of the header of the archive. */
const rar: Kind = {
  starts: 'rar',
  isStart: (bytes, at) =>
    at + 20 <= bytes.length &&
    bytes[at + 6] === 0 &&
    bytes[at + 9] === 0x73 &&
    bytes.readUInt16LE(at + 12) <= maxRarHeader &&
    (crc32(bytes.subarray(at + 9, at + 7 + Math.max(13, bytes.readUInt16LE(at + 12)))) & 0xffff) ===
      bytes.readUInt16LE(at + 7),
};

/** https://www.rarlab.com/technote.htm: the header of the archive, or that of encryption. */
const rar5: Kind = {
  starts: 'rar',
  isStart: (bytes, at) => {
    if (bytes[at + 6] !== 1 || bytes[at + 7] !== 0) return false;
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
  const { starts, isStart }: Kind = kinds[name];
  return (probe, earlier) => {
    if (earlier.some((each) => !compressions.has(each))) return null;
    return probe.starts[starts].find((at) => isStart(probe.bytes, at)) ?? null;
  };
}
