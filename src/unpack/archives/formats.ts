import { anyOf, fromEnd, inOverlay, magic, marked, startingWith } from '../find.ts';
import type { Find, Format } from '../types.ts';
import { findBehind } from './behind.ts';
import { findExt, findFat, findHfs, findHfsPlus, findMbr, findNtfs, findUdf } from './disk-images.ts';
import { openGzip } from './gzip.ts';
import { openArchive } from './open-archive.ts';
import * as signatures from './signatures.ts';
import { thenTrailing } from './trailing.ts';
import { openZip } from './zip/zip.ts';

/** A format that 7-Zip opens. `type` is its name there. */
const format = (name: string, type: string, find: Find): Format => ({ name, find, open: openArchive(type) });
/** A format that nothing here opens. */
const unopened = (name: string, find: Find): Format => ({ name, find, open: null });

/** A magic at the start, or behind an executable or image. */
const selfExtracting = (expected: string) => anyOf(magic(expected), inOverlay(expected));

const compressed: readonly Format[] = [
  { name: 'gzip', find: magic('\x1f\x8b\x08', 0, (bytes) => ((bytes[3] ?? 0) & 0xe0) === 0), open: openGzip },
  format(
    'bzip2',
    'bzip2',
    startingWith('B', ({ head }) => (/^BZh[1-9](?:1AY&SY|\x17rE8P\x90)/.test(head) ? 0 : null)),
  ),
  format('xz', 'xz', magic('\xfd7zXZ\x00')),
  format('zstd', 'zstd', anyOf(magic(signatures.zstdMagic), signatures.findSkippedZstd)),
  format('lzma', 'lzma', signatures.findLzma),
  format(
    'compress',
    'Z',
    magic('\x1f\x9d', 0, (bytes) => ((bytes[2] ?? 0) & 0x60) === 0 && ((bytes[2] ?? 0) & 31) <= 16),
  ),
  format('mslz', 'MsLZ', magic('SZDD\x88\xf0\x27\x33\x41')),
  format('swf', 'SWFc', anyOf(magic('CWS', 0, isFlash), magic('ZWS', 0, isFlash))),
];

const archives: readonly Format[] = [
  format('7z', '7z', selfExtracting('7z\xbc\xaf\x27\x1c')),
  format('rar', 'Rar', selfExtracting('Rar!\x1a\x07\x00')),
  format('rar5', 'Rar5', selfExtracting('Rar!\x1a\x07\x01\x00')),
  format('cab', 'Cab', anyOf(magic(signatures.cabMagic, 0, signatures.isCab), signatures.cabInProgram)),
  {
    name: 'tar',
    find: anyOf(signatures.findTar, magic('ustar', 257)),
    open: thenTrailing(openArchive('tar')),
  },
  format('cpio', 'Cpio', anyOf(magic('070701'), magic('070702'), magic('070707'), signatures.findBinaryCpio)),
  format('ar', 'Ar', magic('!<arch>\n')),
  format('rpm', 'Rpm', magic('\xed\xab\xee\xdb')),
  format('wim', 'wim', magic('MSWIM\0\0\0')),
  format('arj', 'Arj', magic('\x60\xea', 0, signatures.isArj)),
  format(
    'lzh',
    'Lzh',
    marked(2, '-', ({ head }) => (/^..-l(?:h[0-7dx]|z[s45])-.{13}[\0-\x02]/s.test(head) ? 0 : null)),
  ),
  format('chm', 'Chm', magic('ITSF\x03\0\0\0')),
  format('hxs', 'Hxs', magic('ITOLITLS\x01\0\0\0')),
  format('xar', 'Xar', magic('xar!\0')),
  format('nsis', 'Nsis', anyOf(magic(nsisMagic(), 4), inOverlay(nsisMagic(), 4))),
];

const images: readonly Format[] = [
  format('iso', 'Iso', magic('CD001', 0x8001)),
  format('udf', 'Udf', findUdf),
  format('squashfs', 'SquashFS', anyOf(magic('hsqs', 0, isSquash), magic('sqsh', 0, isSquash))),
  format('cramfs', 'CramFS', magic('Compressed ROMFS', 16)),
  format('dmg', 'Dmg', fromEnd('koly\0\0\0\x04\0\0\x02\0', 512)),
  format('hfs', 'HFS', findHfsPlus),
  format('apfs', 'APFS', magic('NXSB', 32)),
  format('vhd', 'VHD', anyOf(magic('conectix'), fromEnd('conectix', 512))),
  format('vhdx', 'VHDX', magic('vhdxfile')),
  format('vmdk', 'VMDK', magic('KDMV')),
  format('vdi', 'VDI', magic('\x7f\x10\xda\xbe', 64)),
  format('qcow', 'QCOW', magic('QFI\xfb\0\0\0')),
  format('gpt', 'GPT', magic('EFI PART\0\0\x01\0', 512)),
  format('mbr', 'MBR', (probe, earlier) =>
    earlier.includes('gpt') || earlier.includes('iso') ? null : findMbr(probe, earlier),
  ),
  format('ntfs', 'NTFS', findNtfs),
  format('fat', 'FAT', findFat),
  format('ext', 'Ext', findExt),
];

const notOpened: readonly Format[] = [
  unopened('ace', magic('**ACE**', 7)),
  unopened('alz', magic('ALZ\x01')),
  unopened('egg', magic('EGGA\0\x01')),
  unopened('hfs-standard', findHfs),
  unopened('inno', inOverlay('Inno Setup Setup Data (', 0, Number.MAX_SAFE_INTEGER)),
  unopened('lrzip', magic('LRZI\0')),
  unopened('lz4', magic('\x04\x22\x4d\x18')),
  unopened('lzip', magic('LZIP\x01')),
  unopened('lzop', magic('\x89LZO\0\r\n\x1a\n')),
  unopened('stuffit', anyOf(magic('SIT!'), magic('StuffIt (c)'))),
  unopened('zoo', magic('\xdc\xa7\xc4\xfd', 20)),
  unopened('zpaq', anyOf(magic('7kSt\xa0\x31\x83\xd3'), magic('zPQ\x01'), magic('zPQ\x02'))),
];

export const archiveFormats: readonly Format[] = [
  { name: 'zip', find: signatures.isZipStart, open: openZip },
  ...compressed,
  ...archives,
  ...images,
  ...notOpened,
  format('7z', '7z', findBehind('7z')),
  format('rar', 'Rar', findBehind('rar')),
  format('rar5', 'Rar5', findBehind('rar5')),
  {
    name: 'zip',
    find: (probe, earlier) => (earlier.includes('zip') ? null : signatures.zipAtEnd(probe, earlier)),
    open: openZip,
  },
];

function nsisMagic(): string {
  return '\xef\xbe\xad\xdeNullsoftInst';
}

/** A compressed Flash file states its version and its size. */
function isFlash(bytes: Buffer): boolean {
  const version = bytes[3] ?? 0;
  return bytes.length > 12 && version >= 6 && version < 64 && bytes.readUInt32LE(4) > 21;
}

/** The size of blocks is a power of two. */
function isSquash(bytes: Buffer): boolean {
  const [little, big] = bytes.length < 96 ? [0, 0] : [bytes.readUInt32LE(12), bytes.readUInt32BE(12)];
  return [little, big].some((size) => size >= 4096 && size <= 1024 * 1024 && (size & (size - 1)) === 0);
}
