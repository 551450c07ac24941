import type { Room } from '../../types.ts';
import { inflate } from '../inflate.ts';
import { centralMagic, localMagic, readLocal, type ZipEntry, zipFlags, zipMethods } from './zip-entry.ts';

/** From and to, exclusive. */
export type Range = readonly [number, number];

type Gauge = Pick<Room, 'allowance' | 'checkTime' | 'zlibFailed'>;

const descriptorMagic = 'PK\x07\x08';
const maxMethod = 99;
/** The newest version of the format, times ten. */
const maxVersion = 63;

/** Members with a local header outside of the ranges: no directory has them. */
export function* hiddenEntries(bytes: Buffer, ranges: readonly Range[], room: Gauge): Generator<ZipEntry> {
  const known = [...ranges, [bytes.length, bytes.length] as const].sort((a, b) => a[0] - b[0]);
  let from = 0;
  for (const [next, end] of known) {
    while (from < next) {
      room.checkTime();
      const at = bytes.subarray(0, next).indexOf(localMagic, from, 'latin1');
      if (at === -1) break;
      const local = readLocal(bytes, at);
      const entry = local === null || !isPlausible(bytes, local) ? null : withSize(bytes, local, room);
      if (entry !== null) yield entry;
      from = entry === null ? at + localMagic.length : Math.max(at + localMagic.length, entry.dataAt + entry.packed);
    }
    from = Math.max(from, end);
  }
}

/** Programs that open archives contain the magic, too. A strange name needs a header that fits. */
function isPlausible(bytes: Buffer, { at, name, method, dataAt, packed }: ZipEntry): boolean {
  if (method > maxMethod || dataAt + packed >= 2 ** 40) return false;
  if (name !== '' && !/[\x00-\x1f]/.test(name)) return true;
  const version = bytes.readUInt16LE(at + 4) & 0xff;
  return version >= 10 && version <= maxVersion && (method === 0 || method === 8) && dataAt + packed <= bytes.length;
}

/** A local header may leave the sizes to what follows the data. */
function withSize(bytes: Buffer, local: ZipEntry, room: Gauge): ZipEntry {
  const { flags, packed, dataAt, method } = local;
  if ((flags & zipFlags.hasDescriptor) === 0 || packed !== 0) return local;
  if ((flags & zipFlags.encrypted) === 0 && method === zipMethods.deflated) {
    const inflated = inflate(bytes.subarray(dataAt), { format: 'raw', size: 0, maxBytes: room.allowance(), room });
    if (inflated !== null) return { ...withDescriptor(bytes, local, dataAt + inflated.read), packed: inflated.read };
  }
  for (let at = dataAt; ; at += descriptorMagic.length) {
    at = bytes.indexOf(descriptorMagic, at, 'latin1');
    if (at === -1 || at + 12 > bytes.length) break;
    if (bytes.readUInt32LE(at + 8) === at - dataAt) return { ...withDescriptor(bytes, local, at), packed: at - dataAt };
  }
  const ends = [localMagic, centralMagic].map((magic) => bytes.indexOf(magic, dataAt, 'latin1'));
  const end = Math.min(...ends.map((at) => (at === -1 ? bytes.length : at)));
  return { ...local, packed: end - dataAt, size: end - dataAt };
}

function withDescriptor(bytes: Buffer, local: ZipEntry, at: number): ZipEntry {
  const fields = bytes.toString('latin1', at, at + 4) === descriptorMagic ? at + 4 : at;
  if (fields + 12 > bytes.length) return local;
  return { ...local, crc: bytes.readUInt32LE(fields), size: bytes.readUInt32LE(fields + 8) };
}
