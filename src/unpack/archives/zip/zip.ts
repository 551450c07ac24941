import { crc32 } from 'node:zlib';
import { NoUnpacker, type Opener, type Room } from '../../types.ts';
import { give } from '../give.ts';
import { inflate } from '../inflate.ts';
import { openArchive } from '../open-archive.ts';
import { directoryEntries, endMagic, readLocal, type ZipEntry, zipFlags, zipMethods } from './zip-entry.ts';
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
  const bytes = Buffer.from(content.buffer, content.byteOffset, content.byteLength);
  const ranges: Range[] = [];
  const rest: ZipEntry[] = [];
  const done = new Set<string>();

  function open(entry: ZipEntry): void {
    const key = `header ${entry.at} ${entry.method} ${entry.packed}`;
    if (done.has(key)) return;
    done.add(key);
    ranges.push([entry.at, entry.dataAt + entry.packed]);
    if (!isFolder(entry) && !openPlain(bytes, entry, { room, done })) rest.push(entry);
  }

  const isInside = (at: number) => ranges.some(([from, to]) => from < at && at < to);
  for (const { name, entry } of directoryEntries(bytes, isInside)) {
    room.checkTime();
    if (entry === null) room.missed(name, 'damaged', 'it is not where the directory states');
    else {
      open(entry);
      const local = readLocal(bytes, entry.at);
      if (local !== null && differs(local, entry)) open(local);
    }
  }
  const limits = { maxBytes: room.allowance, checkTime: room.checkTime };
  for (const entry of hiddenEntries(bytes, ranges, limits)) open(entry);
  if (!bytes.includes(endMagic, 0, 'latin1')) room.missed(null, 'damaged', 'the end of the zip is missing');
  openRest(rest)(content, room);
};

function isFolder({ name, packed, size }: ZipEntry): boolean {
  return name.endsWith('/') && packed === 0 && size === 0;
}

/** Whether a local header describes other content than the directory. */
function differs(local: ZipEntry, entry: ZipEntry): boolean {
  if ((local.flags & zipFlags.hasDescriptor) !== 0 || local.packed === 0) return false;
  return local.packed !== entry.packed || (local.method !== entry.method && local.method !== zipMethods.aes);
}

/** Gives a member that is stored or deflated. Returns false for any other, and for a damaged one. */
function openPlain(bytes: Buffer, entry: ZipEntry, to: { readonly room: Room; readonly done: Set<string> }): boolean {
  const { room, done } = to;
  const { name, method, flags, crc, dataAt, packed, size } = entry;
  const data = bytes.subarray(dataAt, dataAt + packed);
  const isEncrypted = (flags & zipFlags.encrypted) !== 0;

  function deliver(content: Uint8Array, problem: string | null): true {
    const key = `content ${entry.at} ${content.length} ${crc32(content)}`;
    if (done.has(key)) return true;
    done.add(key);
    give(room, name, content);
    if (problem !== null) room.missed(name, 'damaged', problem);
    return true;
  }

  const inflateData = () => inflate(data, { format: 'raw', size, maxBytes: room.allowance() });
  if (!isEncrypted && method === zipMethods.stored) {
    return deliver(data, data.length < packed ? cut : crc32(data) === crc ? null : wrongChecksum);
  }
  if (!isEncrypted && method === zipMethods.deflated) {
    const inflated = inflateData();
    if (inflated === null) return false;
    return deliver(inflated.bytes, inflated.isCut ? cut : crc32(inflated.bytes) === crc ? null : wrongChecksum);
  }
  // Flags and methods that only pretend: some readers ignore them.
  if (crc === 0) return false;
  if (crc32(data) === crc) return deliver(data, null);
  const inflated = inflateData();
  return inflated !== null && crc32(inflated.bytes) === crc ? deliver(inflated.bytes, null) : false;
}

const cut = 'it ends before its end';
const wrongChecksum = 'its checksum differs';

/** Opens members with 7-Zip. */
function openRest(entries: readonly ZipEntry[]): Opener {
  return (content, room) => {
    const bytes = Buffer.from(content.buffer, content.byteOffset, content.byteLength);
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
