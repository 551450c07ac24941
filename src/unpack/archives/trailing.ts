import { bufferOf } from '../bytes/read.ts';
import type { Opener, Room } from '../types.ts';
import { isTarHeader } from './signatures.ts';

/** What is shorter is no container, and scanned with the file. */
const minBytes = 64;
const block = 512;
const sizeAt = 124;
const sizeBytes = 12;

/** Gives what follows the end of an archive as a member: readers ignore it, and it may be another one. */
export function giveTrailing(content: Uint8Array, end: number, room: Room): void {
  let from = end;
  // Tapes are filled up with zeros.
  while (from < content.length && content[from] === 0) from += 1;
  if (content.length - from >= minBytes) room.member('behind the end', content.subarray(from));
}

/** Opens a tar, and then what is behind its end: with `tar -i`, that is a part of it. */
export function thenTrailing(open: Opener): Opener {
  return (content, room) => {
    const end = tarEnd(content, room);
    if (end !== null) giveTrailing(content, end, room);
    // An archive that has to wait is opened last.
    open(content, room);
  };
}

/** Where the first block of zeros ends; null if it is cut off or damaged before. */
function tarEnd(content: Uint8Array, room: Room): number | null {
  const bytes = bufferOf(content);
  for (let at = 0; at + block <= bytes.length; ) {
    room.checkTime();
    const header = bytes.subarray(at, at + block);
    if (header[0] === 0 && header.every((byte) => byte === 0)) return at + block;
    if (!isTarHeader(header)) return null;
    at += block + Math.ceil(sizeOf(header) / block) * block;
  }
  return null;
}

/** Octal digits, or a number of 95 bits after the first one. */
function sizeOf(header: Buffer): number {
  const first = header[sizeAt] ?? 0;
  if ((first & 0x80) !== 0)
    return first === 0x80 ? Number(header.readBigUInt64BE(sizeAt + 4)) : Number.POSITIVE_INFINITY;
  const [digits = ''] = /^[0-7]*/.exec(header.toString('latin1', sizeAt, sizeAt + sizeBytes).trimStart()) ?? [];
  return digits === '' ? 0 : Number.parseInt(digits, 8);
}
