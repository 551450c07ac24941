import { centralMagic, endMagic, localMagic, type ZipEntry, zipFlags, zipMethods } from './zip-entry.ts';

/** A size that no member has: damaged ones are read until they end. */
const unknownSize = 0xffff_fff0;
const maxSize = 0xffff_ffff;

/**
 * A zip of some members of another, with headers that agree with each other. Members are named by
 * their index.
 */
export function rebuildZip(bytes: Buffer, entries: readonly ZipEntry[]): Buffer {
  const locals: Buffer[] = [];
  const central: Buffer[] = [];
  let at = 0;
  for (const [index, entry] of entries.entries()) {
    const data = bytes.subarray(entry.dataAt, entry.dataAt + entry.packed);
    const fields = headerFields(entry, data.length);
    const extra =
      entry.aes.length === 0 ? Buffer.alloc(0) : Buffer.from([0x01, 0x99, entry.aes.length, 0, ...entry.aes]);
    const name = Buffer.from(String(index));
    const lengths = Buffer.alloc(4);
    lengths.writeUInt16LE(name.length & 0xffff, 0);
    lengths.writeUInt16LE(extra.length, 2);
    const local = Buffer.concat([Buffer.from(`${localMagic}\x33\x00`, 'latin1'), fields, lengths, name, extra]);
    const place = Buffer.alloc(14);
    place.writeUInt32LE(at, 10);
    central.push(Buffer.from(`${centralMagic}\x33\x00\x33\x00`, 'latin1'), fields, lengths, place, name, extra);
    locals.push(local, data);
    at += local.length + data.length;
  }
  const directory = Buffer.concat(central);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(entries.length, 4);
  end.writeUInt16LE(entries.length, 6);
  end.writeUInt32LE(directory.length, 8);
  end.writeUInt32LE(at, 12);
  return Buffer.concat([...locals, directory, Buffer.from(endMagic, 'latin1'), end]);
}

/** Flags, method, time, checksum and sizes. */
function headerFields({ flags, method, time, crc, size }: ZipEntry, packed: number): Buffer {
  const fields = Buffer.alloc(20);
  const isPlain = (flags & zipFlags.encrypted) === 0 && method === zipMethods.deflated;
  // With the descriptor, the time is part of the encryption.
  fields.writeUInt16LE(flags & (zipFlags.encrypted | zipFlags.hasDescriptor | 6), 0);
  fields.writeUInt16LE(method, 2);
  fields.writeUInt32LE(time, 4);
  fields.writeUInt32LE(crc, 8);
  fields.writeUInt32LE(packed, 12);
  fields.writeUInt32LE(isPlain ? unknownSize : Math.min(size, maxSize), 16);
  return fields;
}
