import { bufferOf } from '../bytes/read.ts';
import type { Room } from '../types.ts';
import { contentName } from './content-name.ts';
import { give } from './give.ts';
import { inflate } from './inflate.ts';
import { openArchive } from './open-archive.ts';

const headerBytes = 10;
const flags = { hasExtra: 4, hasName: 8 } as const;
const openDamaged = openArchive('gzip');

/** Opens a gzip: all members are one content. 7-Zip reads as far as it can what zlib does not. */
export function openGzip(content: Uint8Array, room: Room): void {
  room.checkTime();
  const bytes = bufferOf(content);
  const size = bytes.length >= headerBytes + 8 ? bytes.readUInt32LE(bytes.length - 4) : 0;
  const inflated = inflate(content, { format: 'gzip', size, maxBytes: room.allowance() });
  if (inflated === null) {
    openDamaged(content, room);
    return;
  }
  const name = storedName(bytes) ?? contentName(room.name);
  give(room, name, inflated.bytes);
  if (inflated.isCut) room.missed(name, 'damaged', 'it ends before its end mark');
}

function storedName(bytes: Buffer): string | null {
  const set = bytes[3] ?? 0;
  if ((set & flags.hasName) === 0 || bytes.length < headerBytes + 2) return null;
  const from = headerBytes + ((set & flags.hasExtra) === 0 ? 0 : 2 + bytes.readUInt16LE(headerBytes));
  const end = bytes.indexOf(0, from);
  return end <= from ? null : bytes.toString('latin1', from, end);
}
