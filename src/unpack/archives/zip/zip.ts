import { crc32 } from 'node:zlib';
import { bufferOf } from '../../bytes/read.ts';
import { NoUnpacker, type Opener, type Room } from '../../types.ts';
import { give } from '../give.ts';
import { type Inflated, inflate } from '../inflate.ts';
import { openArchive } from '../open-archive.ts';
import { directoryEntries, endMagic, localBytes, readLocal, type ZipEntry, zipFlags, zipMethods } from './zip-entry.ts';
import { hiddenEntries, type Range } from './zip-gaps.ts';
import { rebuildZip } from './zip-rebuilt.ts';

const openRebuilt = openArchive('zip');
/** Members and bytes that 7-Zip gets at once. */
const maxBatchEntries = 1000;
const maxBatchBytes = 64 * 1024 * 1024;

/**
 * Opens a zip: the members of its directories, then those with a local header that no directory
 * has, each once. What is not simply stored or deflated goes to 7-Zip.
 */
export const openZip: Opener = (content, room) => {
  const bytes = bufferOf(content);
  const ranges: Range[] = [];
  const rest: ZipEntry[] = [];
  const done = new Set<string>();
  const work: Work = { room, done, wastedBytes: 0 };

  function open(entry: ZipEntry): void {
    const key = `header ${entry.at} ${entry.method} ${entry.packed}`;
    if (done.has(key)) return;
    done.add(key);
    const used = isFolder(entry) ? entry.packed : openPlain(bytes, entry, work);
    // An extra field, or what follows the end of compressed data, can hide members.
    ranges.push([entry.at, entry.at + localBytes], [entry.dataAt, entry.dataAt + (used ?? entry.packed)]);
    if (used === null) rest.push(entry);
  }

  const isInside = (at: number) => ranges.some(([from, to]) => from < at && at < to);
  for (const { name, entry } of directoryEntries(bytes, isInside)) {
    room.checkTime();
    if (entry === null) {
      room.missed(name, 'damaged', name === null ? 'too many directories' : 'it is not where the directory states');
      continue;
    }
    open(entry);
    const local = readLocal(bytes, entry.at);
    if (local !== null && differs(local, entry)) open(withSizes(local, entry));
  }
  for (const entry of hiddenEntries(bytes, ranges, room)) open(entry);
  if (!bytes.includes(endMagic, 0, 'latin1')) room.missed(null, 'damaged', 'the end of the zip is missing');
  openRest(rest)(content, room);
};

function isFolder({ name, packed, size }: ZipEntry): boolean {
  return name.endsWith('/') && packed === 0 && size === 0;
}

/** Whether a local header describes other content than the directory. */
function differs(local: ZipEntry, entry: ZipEntry): boolean {
  if (local.method !== entry.method && local.method !== zipMethods.aes) return true;
  return !leavesSizes(local) && local.packed !== entry.packed;
}

/** Whether a local header leaves the sizes to what follows the data. */
function leavesSizes({ flags, packed }: ZipEntry): boolean {
  return (flags & zipFlags.hasDescriptor) !== 0 || packed === 0;
}

function withSizes(local: ZipEntry, { crc, packed, size }: ZipEntry): ZipEntry {
  return leavesSizes(local) ? { ...local, crc, packed, size } : local;
}

interface Work {
  readonly room: Room;
  /** Headers and contents that were given. Added to. */
  readonly done: Set<string>;
  /** Bytes that were inflated for nothing, since the member was too large. */
  wastedBytes: number;
}

/** After this, a member that may be too large is not inflated here: 7-Zip gives its first part. */
const maxWastedBytes = 256 * 1024 * 1024;
/** Most bytes from one of Deflate: https://zlib.net/zlib_tech.html */
const maxDeflateRatio = 1032;

/**
 * Gives a member that is stored or deflated.
 * @returns the bytes that were read of its data; null for any other member, and for a damaged one
 */
function openPlain(bytes: Buffer, entry: ZipEntry, work: Work): number | null {
  const { room, done } = work;
  const { name, method, flags, crc, dataAt, packed, size } = entry;
  const data = bytes.subarray(dataAt, dataAt + packed);
  const isEncrypted = (flags & zipFlags.encrypted) !== 0;

  function deliver(content: Uint8Array, problem: string | null, read = data.length): number {
    const key = `content ${entry.at} ${content.length} ${crc32(content)}`;
    if (done.has(key)) return read;
    done.add(key);
    give(room, name, content);
    if (problem !== null) room.missed(name, 'damaged', problem);
    return read;
  }

  function inflateData(): Inflated | null {
    const maxBytes = room.allowance();
    const mayBeTooLarge = data.length * maxDeflateRatio > maxBytes;
    if (mayBeTooLarge && (size > maxBytes || work.wastedBytes > maxWastedBytes)) return null;
    const inflated = inflate(data, { format: 'raw', size, maxBytes, room });
    if (inflated === null && mayBeTooLarge) work.wastedBytes += maxBytes;
    return inflated;
  }

  if (!isEncrypted && method === zipMethods.stored) {
    return deliver(data, data.length < packed ? cut : crc32(data) === crc ? null : wrongChecksum);
  }
  if (!isEncrypted && method === zipMethods.deflated) {
    const inflated = inflateData();
    if (inflated === null) return null;
    const problem = inflated.isCut ? cut : crc32(inflated.bytes) === crc ? null : wrongChecksum;
    return deliver(inflated.bytes, problem, inflated.read);
  }
  // Flags and methods that only pretend: some readers ignore them.
  if (crc === 0) return null;
  if (crc32(data) === crc) return deliver(data, null);
  const inflated = inflateData();
  return inflated !== null && crc32(inflated.bytes) === crc ? deliver(inflated.bytes, null) : null;
}

const cut = 'it ends before its end';
const wrongChecksum = 'its checksum differs';

/** Opens members with 7-Zip. */
function openRest(entries: readonly ZipEntry[]): Opener {
  return (content, room) => {
    const bytes = bufferOf(content);
    for (let from = 0; from < entries.length; ) {
      room.checkTime();
      let to = from;
      for (let size = 0; to < entries.length && to - from < maxBatchEntries && size < maxBatchBytes; to += 1) {
        size += Math.min(entries[to]?.packed ?? 0, bytes.length);
      }
      const batch = { names: entries.slice(from, to).map(({ name }) => name), rest: entries.slice(to) };
      openBatch(rebuildZip(bytes, entries.slice(from, to)), openRebuilt, batch)(content, room);
      from = to;
    }
  };
}

interface Batch {
  /** By their index: the rebuilt zip has indices for names. */
  readonly names: readonly string[];
  /** What comes after the batch. */
  readonly rest: readonly ZipEntry[];
}

/** Opens a rebuilt zip, and the rest after it if that has to wait. */
function openBatch(rebuilt: Uint8Array, opener: Opener, batch: Batch): Opener {
  return (_content, room) => {
    const nameOf = (index: string) => batch.names[Number(index)] ?? index;
    try {
      opener(rebuilt, {
        ...room,
        member: (index, bytes) => room.member(nameOf(index), bytes),
        cut: (index, bytes, limit) => room.cut(nameOf(index), bytes, limit),
        missed: (index, reason, detail) => room.missed(index === null ? null : nameOf(index), reason, detail),
      });
    } catch (error) {
      if (!(error instanceof NoUnpacker)) throw error;
      throw new NoUnpacker((content, again) => {
        openBatch(rebuilt, error.again, batch)(content, again);
        openRest(batch.rest)(content, again);
      });
    }
  };
}
