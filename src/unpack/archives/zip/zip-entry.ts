import { isUtf8 } from 'node:buffer';
import { hasAt } from '../../bytes/read.ts';

/** A member of a zip, as the central directory or its local header describes it. */
export interface ZipEntry {
  readonly name: string;
  readonly flags: number;
  readonly method: number;
  /** Time and date, as stored: a part of the encryption. */
  readonly time: number;
  readonly crc: number;
  /** Bytes of its data. */
  readonly packed: number;
  /** Bytes of the member. */
  readonly size: number;
  /** Where its local header is. */
  readonly at: number;
  /** Where its data begins. */
  readonly dataAt: number;
  /** The extra field of AES; empty for other members. */
  readonly aes: Uint8Array;
}

export const zipFlags = { encrypted: 1, hasDescriptor: 8, maskedHeaders: 0x2000 } as const;
export const zipMethods = { stored: 0, deflated: 8, aes: 99 } as const;

export const localMagic = 'PK\x03\x04';
export const centralMagic = 'PK\x01\x02';
export const endMagic = 'PK\x05\x06';
export const localBytes = 30;
const centralBytes = 46;
export const endBytes = 22;
const aesField = 0x9901;
const zip64Field = 1;
const inZip64 = 0xffff_ffff;
/** Most directories that are read, and most ends of one that are looked at. */
const maxDirectories = 16;
const maxEndsSeen = 4000;

/** The local header at an offset. Null if there is none. */
export function readLocal(bytes: Buffer, at: number): ZipEntry | null {
  if (!hasAt(bytes, localMagic, at) || at + localBytes > bytes.length) return null;
  const nameEnd = at + localBytes + bytes.readUInt16LE(at + 26);
  const dataAt = nameEnd + bytes.readUInt16LE(at + 28);
  if (nameEnd > bytes.length) return null;
  const [size = 0, packed = 0] = wide([bytes.readUInt32LE(at + 22), bytes.readUInt32LE(at + 18)], () =>
    field(bytes.subarray(nameEnd, dataAt), zip64Field),
  );
  return {
    ...{ name: text(bytes.subarray(at + localBytes, nameEnd)), at, dataAt, size, packed },
    ...{ flags: bytes.readUInt16LE(at + 6), method: bytes.readUInt16LE(at + 8) },
    ...{ time: bytes.readUInt32LE(at + 10), crc: bytes.readUInt32LE(at + 14) },
    aes: field(bytes.subarray(nameEnd, dataAt), aesField),
  };
}

/** Whether the bytes have the end of a central directory at the offset. */
export function isEnd(bytes: Buffer, at: number): boolean {
  if (at < 0 || at + endBytes > bytes.length || !hasAt(bytes, endMagic, at)) return false;
  return directoriesOf(bytes, at).length > 0 || bytes.readUInt16LE(at + 10) === 0;
}

/**
 * The members of all central directories, in order. One without a local header is given with a null
 * entry; so is what more directories than are read would have, without a name.
 * @param isInside whether an offset is inside a member that was given: ends there are of its content
 */
export function* directoryEntries(
  bytes: Buffer,
  isInside: (at: number) => boolean,
): Generator<{ readonly name: string | null; readonly entry: ZipEntry | null }> {
  const read = new Set<number>();
  let end = bytes.length;
  for (let directories = 0, seen = 0; end > 0; seen += 1) {
    end = bytes.lastIndexOf(endMagic, end - 1, 'latin1');
    if (end === -1) return;
    if (end + endBytes > bytes.length || isInside(end)) continue;
    // A comment can have any number of ends without a directory.
    const unread = directoriesOf(bytes, end).filter(({ at }) => !read.has(at));
    directories += unread.length;
    if (directories > maxDirectories || seen > maxEndsSeen) {
      yield { name: null, entry: null };
      return;
    }
    for (const { at: start, base } of unread) {
      for (let at = start; !read.has(at) && hasAt(bytes, centralMagic, at) && at + centralBytes <= bytes.length; ) {
        read.add(at);
        const nameEnd = at + centralBytes + bytes.readUInt16LE(at + 28);
        const extraEnd = nameEnd + bytes.readUInt16LE(at + 30);
        if (nameEnd > bytes.length) break;
        yield readCentral(bytes, { at, nameEnd, extraEnd, base });
        at = extraEnd + bytes.readUInt16LE(at + 32);
      }
    }
  }
}

interface Central {
  readonly at: number;
  readonly nameEnd: number;
  readonly extraEnd: number;
  /** What is added to offsets: bytes before the zip. */
  readonly base: number;
}

function readCentral(bytes: Buffer, { at, nameEnd, extraEnd, base }: Central) {
  const name = text(bytes.subarray(at + centralBytes, nameEnd));
  const extra = bytes.subarray(nameEnd, extraEnd);
  const stored = [bytes.readUInt32LE(at + 24), bytes.readUInt32LE(at + 20), bytes.readUInt32LE(at + 42)];
  const [size = 0, packed = 0, offset = 0] = wide(stored, () => field(extra, zip64Field));
  const local = readLocal(bytes, base + offset) ?? readLocal(bytes, offset);
  if (local === null) return { name, entry: null };
  const entry: ZipEntry = {
    ...{ name, at: local.at, dataAt: local.dataAt, size, packed, aes: field(extra, aesField) },
    ...{ flags: bytes.readUInt16LE(at + 8), method: bytes.readUInt16LE(at + 10) },
    ...{ time: bytes.readUInt32LE(at + 12), crc: bytes.readUInt32LE(at + 16) },
  };
  return { name, entry };
}

/** Where the directory of an end begins: by its offset, and by its size. They differ if bytes precede. */
function directoriesOf(bytes: Buffer, end: number): readonly { readonly at: number; readonly base: number }[] {
  let size = bytes.readUInt32LE(end + 12);
  let offset = bytes.readUInt32LE(end + 16);
  let next = end;
  const locator = end - 20;
  if (locator >= 0 && hasAt(bytes, 'PK\x06\x07', locator)) {
    const stated = Number(bytes.readBigUInt64LE(locator + 8));
    const wideEnd = [locator - 56, stated].find((at) => at + 56 <= bytes.length && hasAt(bytes, 'PK\x06\x06', at));
    if (wideEnd !== undefined) {
      size = Number(bytes.readBigUInt64LE(wideEnd + 40));
      offset = Number(bytes.readBigUInt64LE(wideEnd + 48));
      next = wideEnd;
    }
  }
  const bySize = next - size;
  const starts = [
    { at: bySize, base: bySize - offset },
    { at: offset, base: 0 },
  ];
  return starts.filter(({ at }, index) => (index === 0 || at !== bySize) && hasAt(bytes, centralMagic, at));
}

/** The data of an extra field. Empty if it is not there. */
function field(extra: Buffer, id: number): Buffer {
  for (let at = 0; at + 4 <= extra.length; at += 4 + extra.readUInt16LE(at + 2)) {
    if (extra.readUInt16LE(at) === id) return extra.subarray(at + 4, at + 4 + extra.readUInt16LE(at + 2));
  }
  return Buffer.alloc(0);
}

/** Replaces values that are in the field of zip64. */
function wide(values: readonly number[], fieldOf: () => Buffer): readonly number[] {
  if (!values.includes(inZip64)) return values;
  const wides = fieldOf();
  let at = 0;
  return values.map((value) => {
    if (value !== inZip64 || at + 8 > wides.length) return value;
    at += 8;
    return Number(wides.readBigUInt64LE(at - 8));
  });
}

function text(bytes: Buffer): string {
  return bytes.toString(isUtf8(bytes) ? 'utf8' : 'latin1');
}
