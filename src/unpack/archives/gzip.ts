import { crc32 } from 'node:zlib';
import { bufferOf } from '../bytes/read.ts';
import type { Room } from '../types.ts';
import { contentName } from './content-name.ts';
import { give } from './give.ts';
import { inflate } from './inflate.ts';
import { openArchive } from './open-archive.ts';
import { giveTrailing } from './trailing.ts';

const headerBytes = 10;
const trailerBytes = 8;
const flags = { hasChecksum: 2, hasExtra: 4, hasName: 8, hasComment: 16 } as const;
const openDamaged = openArchive('gzip');

/** Opens a gzip: all members are one content. 7-Zip reads as far as it can what zlib does not. */
export function openGzip(content: Uint8Array, room: Room): void {
  room.checkTime();
  const bytes = bufferOf(content);
  const size = bytes.length >= headerBytes + 8 ? bytes.readUInt32LE(bytes.length - 4) : 0;
  const inflated = inflate(content, { format: 'gzip', size, maxBytes: room.allowance(), room });
  if (inflated === null) {
    giveTrailing(content, gzipEnd(bytes, room), room);
    openDamaged(content, room);
    return;
  }
  const name = storedName(bytes) ?? contentName(room.name);
  give(room, name, inflated.bytes);
  if (inflated.isCut) room.missed(name, 'damaged', 'it ends before its end mark');
  else giveTrailing(content, inflated.read, room);
}

function storedName(bytes: Buffer): string | null {
  if (((bytes[3] ?? 0) & flags.hasName) === 0 || bytes.length < headerBytes + 2) return null;
  const from = nameAt(bytes);
  const end = bytes.indexOf(0, from);
  return end <= from ? null : bytes.toString('latin1', from, end);
}

/** Where the name is, or what follows it. */
function nameAt(bytes: Buffer): number {
  const hasExtra = ((bytes[3] ?? 0) & flags.hasExtra) !== 0 && bytes.length >= headerBytes + 2;
  return headerBytes + (hasExtra ? 2 + bytes.readUInt16LE(headerBytes) : 0);
}

/** Where the members of a gzip end that has other bytes behind it; its length if it is damaged. */
function gzipEnd(bytes: Buffer, room: Room): number {
  let at = 0;
  while (at + headerBytes < bytes.length && bytes[at] === 0x1f && bytes[at + 1] === 0x8b) {
    room.checkTime();
    const member = bytes.subarray(at);
    const data = dataAt(member);
    const inflated = inflate(member.subarray(data), { format: 'raw', size: 0, maxBytes: room.allowance(), room });
    const end = at + data + (inflated?.read ?? 0);
    if (inflated === null || inflated.isCut || end + trailerBytes > bytes.length) return bytes.length;
    if (crc32(inflated.bytes) !== bytes.readUInt32LE(end)) return bytes.length;
    at = end + trailerBytes;
  }
  return at === 0 ? bytes.length : at;
}

function dataAt(bytes: Buffer): number {
  const set = bytes[3] ?? 0;
  let at = nameAt(bytes);
  for (const flag of [flags.hasName, flags.hasComment]) {
    if ((set & flag) !== 0) at = bytes.indexOf(0, at) + 1 || bytes.length;
  }
  return at + ((set & flags.hasChecksum) === 0 ? 0 : 2);
}
