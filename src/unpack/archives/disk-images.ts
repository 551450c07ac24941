import { magic, marked, startingWith } from '../find.ts';

const sector = 512;

/** A boot sector of FAT, with sizes that make sense. */
export const findFat = startingWith('\xeb\xe9', (probe) => {
  if (!probe.has('U\xaa', 510) || !(probe.has('\xeb') || probe.has('\xe9'))) return null;
  const { bytes } = probe;
  const bytesPerSector = bytes.readUInt16LE(11);
  const perCluster = bytes.readUInt8(13);
  const isPower = (value: number) => value !== 0 && (value & (value - 1)) === 0;
  const fits = [512, 1024, 2048, 4096].includes(bytesPerSector) && isPower(perCluster);
  return fits && bytes.readUInt16LE(14) > 0 && [1, 2].includes(bytes.readUInt8(16)) ? 0 : null;
});

/** A table of partitions, at least one of them within the content. */
export const findMbr = marked(510, 'U', (probe) => {
  if (probe.bytes.length < 2 * sector || !probe.has('U\xaa', 510) || findFat(probe, []) !== null) return null;
  if (probe.has('NTFS    ', 3) || probe.has('MZ')) return null;
  const { bytes } = probe;
  let used = 0;
  for (let at = 446; at < 510; at += 16) {
    const [status, type] = [bytes.readUInt8(at), bytes.readUInt8(at + 4)];
    if (status !== 0 && status !== 0x80) return null;
    if (type === 0) continue;
    const from = bytes.readUInt32LE(at + 8);
    if (from === 0 || from * sector >= bytes.length || bytes.readUInt32LE(at + 12) === 0) return null;
    used += 1;
  }
  return used === 0 ? null : 0;
});

/** UDF: one of the volume descriptors after the first 32 KiB says so. */
export const findUdf = marked(0x8001, 'NCB', (probe) => {
  for (let at = 0x8001; at < 0x8001 + 16 * 2048; at += 2048) {
    if (probe.has('NSR02', at) || probe.has('NSR03', at)) return 0;
    if (!(probe.has('CD001', at) || probe.has('BEA01', at) || probe.has('BOOT2', at))) return null;
  }
  return null;
});

/** A file system of Linux: its magic, and fields that make sense. */
export const findExt = marked(1080, '\x53', (probe) => {
  if (!probe.has('\x53\xef', 1080) || probe.bytes.length < 2048) return null;
  const { bytes } = probe;
  return bytes.readUInt32LE(1048) <= 6 && bytes.readUInt32LE(1024) > 0 && bytes.readUInt32LE(1100) <= 1 ? 0 : null;
});

const bootFileBytes = 8192;
/** NTFS, except the copy of the boot sector that each has as a file. */
export const findNtfs = magic('NTFS    ', 3, (bytes) => bytes.length > bootFileBytes);

/** HFS+, perhaps in a wrapper of HFS. */
export const findHfsPlus = marked(1024, 'HB', (probe) =>
  ['H+\0\x04', 'HX\0\x05'].some((signature) => probe.has(signature, 1024)) ||
  (probe.has('BD', 1024) && probe.has('H+', 1148))
    ? 0
    : null,
);

/** HFS of before 1998: a size of blocks and a length of the name that make sense. */
export const findHfs = marked(1024, 'B', (probe, earlier) => {
  // An image of a CD often has the same files in both systems.
  if (!probe.has('BD', 1024) || probe.bytes.length < 4 * sector || earlier.length > 0) return null;
  const { bytes } = probe;
  const [blocks, blockBytes, nameLength] = [bytes.readUInt16BE(1042), bytes.readUInt32BE(1044), bytes.readUInt8(1060)];
  return blocks > 0 && blockBytes > 0 && blockBytes % sector === 0 && nameLength > 0 && nameLength <= 27 ? 0 : null;
});
