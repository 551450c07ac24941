import { crc32 } from 'node:zlib';
import { overlayHosts } from '../executables/overlay.ts';
import { anyOf, magic, startingWith, when } from '../find.ts';
import type { Find, Probe } from '../types.ts';
import { endBytes, endMagic, isEnd, localMagic } from './zip/zip-entry.ts';

const maxZipComment = 65_535;
const endNeedle = Buffer.from(endMagic, 'latin1');
/** Without its first byte, which is more frequent. */
const rareNeedle = endNeedle.subarray(1);

/** Formats that cannot hold a zip as it is. */
export const compressions: ReadonlySet<string> = new Set([
  'gzip',
  'bzip2',
  'xz',
  'zstd',
  'lzma',
  'compress',
  'mslz',
  'swf',
]);

/**
 * A zip behind other content. Bytes may follow it if the content is no other archive: then it is
 * probably a member of that.
 */
export function zipAtEnd(probe: Probe, earlier: readonly string[]): number | null {
  const { bytes } = probe;
  if (bytes.length < endBytes || probe.has('\xd0\xcf\x11\xe0')) return null;
  const from = Math.max(0, bytes.length - endBytes - maxZipComment);
  // Searching forwards is many times as fast, and most files have none.
  if (bytes.indexOf(rareNeedle, from) === -1 || bytes.indexOf(endNeedle, from) === -1) return null;
  const tail = bytes.subarray(from);
  const isMember = earlier.some((name) => !compressions.has(name));
  for (let at = tail.lastIndexOf(endMagic, undefined, 'latin1'); at > 0; ) {
    const isLast = from + at + endBytes + tail.readUInt16LE(Math.min(at + 20, tail.length - 2)) === bytes.length;
    if ((isLast || !isMember) && isEnd(bytes, from + at) && !isEmptyEnd(tail, at)) return 0;
    at = tail.lastIndexOf(endMagic, at - 1, 'latin1');
  }
  return null;
}

const isEmptyEnd = (tail: Buffer, at: number) => tail.readUInt16LE(at + 10) === 0;

/** A zip at the start of the content, or of its overlay. */
export const isZipStart = anyOf(
  magic(localMagic),
  magic(endMagic),
  magic(`PK\x07\x08${localMagic}`),
  magic(`PK00${localMagic}`),
  startingWith(overlayHosts, (probe) =>
    probe.overlay !== null && probe.has(localMagic, probe.overlay) ? probe.overlay : null,
  ),
);

export const findTar: Find = ({ bytes }) => when(isTarHeader(bytes));

/** A tar has a checksum, but no magic in its oldest form. */
export function isTarHeader(bytes: Uint8Array): boolean {
  if (bytes.length < 512 || !isOctal(bytes[153]) || !isOctal(bytes[150])) return false;
  const text = Buffer.from(bytes.subarray(148, 156)).toString('latin1');
  const [, digits] = /^ *([0-7]{1,7})[\0 ]/.exec(text) ?? [];
  if (digits === undefined) return false;
  let unsigned = 0;
  let signed = 0;
  for (let at = 0; at < 512; at += 1) {
    const byte = at >= 148 && at < 156 ? 32 : (bytes[at] ?? 0);
    unsigned += byte;
    signed += byte > 127 ? byte - 256 : byte;
  }
  const stated = Number.parseInt(digits, 8);
  return stated > 8 * 32 && (stated === unsigned || stated === signed);
}

const isOctal = (byte: number | undefined) => byte === 32 || (byte !== undefined && byte >= 48 && byte <= 55);

/** The largest byte of properties: four position bits, four literal position bits, eight context bits. */
const maxLzmaProperties = (4 * 5 + 4) * 9 + 8;

/** An lzma file has no magic: properties, a size of a dictionary, a size or none, and a first byte. */
export function findLzma(probe: Probe): number | null {
  const { bytes } = probe;
  if ((bytes[0] ?? 255) > maxLzmaProperties || bytes.length < 19 || bytes[13] !== 0) return null;
  const dictionary = bytes.readUInt32LE(1);
  const power = 31 - Math.clz32(dictionary);
  const isUsual = dictionary === 2 ** power || dictionary === 2 ** power + 2 ** (power - 1);
  if (!isUsual || power < 12 || power > 30) return null;
  const size = bytes.readBigUInt64LE(5);
  return when(size === 0xffff_ffff_ffff_ffffn || (size > 0n && size < 2n ** 38n));
}

/** Binary cpio: a magic of two bytes, and a name that ends where the header says. */
export const findBinaryCpio = startingWith('\xc7\x71', (probe) => {
  const isLittle = probe.has('\xc7\x71');
  if ((!isLittle && !probe.has('\x71\xc7')) || probe.bytes.length < 28) return null;
  const { bytes } = probe;
  const length = isLittle ? bytes.readUInt16LE(20) : bytes.readUInt16BE(20);
  return when(length > 1 && length <= 4096 && bytes.indexOf(0, 26) === 25 + length);
});

/** An arj header has a checksum. */
export function isArj(bytes: Buffer): boolean {
  const size = bytes.length < 8 ? 0 : bytes.readUInt16LE(2);
  if (size < 30 || size > 2600 || bytes.length < size + 8) return false;
  return crc32(bytes.subarray(4, 4 + size)) === bytes.readUInt32LE(4 + size);
}

/** The header of a cab: reserved fields are zero, and version and sizes make sense. */
export function isCab(bytes: Buffer): boolean {
  if (bytes.length < 36 || bytes.readUInt32LE(12) !== 0 || bytes.readUInt32LE(4) !== 0) return false;
  return bytes[25] === 1 && bytes.readUInt32LE(8) >= 36 && bytes.readUInt32LE(16) >= 36;
}

/** A cab anywhere in a Windows program: installers have it in a resource. */
export const cabInProgram = startingWith('M', (probe) => {
  if (!probe.has('MZ')) return null;
  const { bytes } = probe;
  for (let at = bytes.indexOf(cabMagic, 0, 'latin1'); at !== -1; at = bytes.indexOf(cabMagic, at + 4, 'latin1')) {
    if (isCab(bytes.subarray(at)) && bytes.readUInt32LE(at + 8) <= bytes.length - at) return at;
  }
  return null;
});

export const cabMagic = 'MSCF\0\0\0\0';

export const zstdMagic = '\x28\xb5\x2f\xfd';
/** First bytes of such a frame: 0x50 to 0x5f. */
const skippedStarts = Array.from({ length: 16 }, (_, low) => String.fromCharCode(0x50 + low)).join('');

/** Zstandard that starts with frames which are to be skipped (RFC 8878, 3.1.2). */
export const findSkippedZstd = startingWith(skippedStarts, (probe) => {
  const { bytes } = probe;
  let at = 0;
  while (probe.has('\x2a\x4d\x18', at + 1)) {
    if (at + 8 > bytes.length || ((bytes[at] ?? 0) & 0xf0) !== 0x50) return null;
    at += 8 + bytes.readUInt32LE(at + 4);
  }
  // What is skipped holds nothing, and 7-Zip need not read it.
  return at > 0 && probe.has(zstdMagic, at) ? at : null;
});
