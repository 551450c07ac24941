import type { Format, Probe } from '../types.ts';
import { openArchive } from './open-archive.ts';

const at =
  (magic: string, offset = 0) =>
  (probe: Probe) =>
    probe.has(magic, offset) ? 0 : null;

const zipEnd = 'PK\x05\x06';
const zipEndBytes = 22;
const maxZipComment = 65_535;

/** A zip is found by its end, too: programs and images can have one appended. */
function findZip(probe: Probe): number | null {
  if (probe.has('PK\x03\x04') || probe.has(zipEnd)) return 0;
  const { bytes } = probe;
  const from = Math.max(0, bytes.length - zipEndBytes - maxZipComment);
  const tail = Buffer.from(bytes.buffer, bytes.byteOffset + from, bytes.length - from);
  const end = tail.lastIndexOf(zipEnd, undefined, 'latin1');
  return end === -1 || tail.length - end < zipEndBytes ? null : 0;
}

export const archiveFormats: readonly Format[] = [
  { name: 'zip', find: findZip, open: openArchive('zip') },
  { name: 'gzip', find: at('\x1f\x8b\x08'), open: openArchive('gzip') },
  { name: 'bzip2', find: at('BZh'), open: openArchive('bzip2') },
  { name: 'xz', find: at('\xfd7zXZ\x00'), open: openArchive('xz') },
  { name: 'zstd', find: at('\x28\xb5\x2f\xfd'), open: openArchive('zstd') },
  { name: '7z', find: at('7z\xbc\xaf\x27\x1c'), open: openArchive('7z') },
  { name: 'tar', find: at('ustar', 257), open: openArchive('tar') },
];
