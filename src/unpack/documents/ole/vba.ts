import { createOutput, decodeMember, type Output } from '../../bytes/output.ts';
import { latin1, offsetsOf, u16, u32 } from '../../bytes/read.ts';
import { LimitReached, type Room } from '../../types.ts';

const containerMark = 1;
const chunkBytes = 4096;

/**
 * Decompresses a container of MS-OVBA 2.4.1.
 * @throws Error where it is damaged; the output has what comes before
 */
export function decompressVba(bytes: Uint8Array, output: Output): void {
  if (bytes[0] !== containerMark) throw new Error('no compressed container');
  for (let at = 1; at + 2 < bytes.length; ) {
    const header = u16(bytes, at);
    if (((header >> 12) & 7) !== 3) {
      if (at > 1) return;
      throw new Error('no compressed chunk');
    }
    const end = Math.min(bytes.length, at + (header & 0xfff) + 3);
    const isCompressed = (header & 0x8000) !== 0;
    if (isCompressed) decompressChunk(bytes.subarray(at + 2, end), output);
    else output.append(bytes.subarray(at + 2, Math.min(bytes.length, at + 2 + chunkBytes)));
    at = isCompressed ? end : at + 2 + chunkBytes;
  }
}

function decompressChunk(bytes: Uint8Array, output: Output): void {
  const from = output.length;
  for (let at = 0; at < bytes.length; ) {
    const flags = bytes[at] ?? 0;
    at += 1;
    for (let bit = 0; bit < 8 && at < bytes.length; bit += 1) {
      const written = output.length - from;
      if (written >= chunkBytes) return;
      if (((flags >> bit) & 1) === 0) {
        output.push(bytes[at] ?? 0);
        at += 1;
        continue;
      }
      if (at + 1 >= bytes.length) return;
      const token = u16(bytes, at);
      at += 2;
      const offsetBits = Math.max(4, Math.ceil(Math.log2(Math.max(1, written))));
      const lengthMask = 0xffff >> offsetBits;
      const distance = (token >> (16 - offsetBits)) + 1;
      if (distance > written) throw new Error('a reference to bytes before the chunk');
      output.repeat(distance, Math.min((token & lengthMask) + 3, chunkBytes - written));
    }
  }
}

export interface VbaModule {
  /** The name of its stream, in the storage `VBA`. */
  readonly stream: string;
  readonly name: string;
  /** Where its source starts in the stream. */
  readonly offset: number;
}

const record = { name: 0x19, streamName: 0x1a, offset: 0x31, version: 0x09 } as const;
/** The record of the version states a length without its last two bytes. */
const versionBytes = 6;

/** The modules of a project, from its stream `dir`. Those up to where it is damaged. */
export function vbaModules(dir: Uint8Array, room: Room): readonly VbaModule[] {
  const output = createOutput(room, 4 * 1024 * 1024);
  try {
    decompressVba(dir, output);
  } catch (error) {
    if (error instanceof LimitReached) throw error;
  }
  const bytes = output.bytes();
  const modules: VbaModule[] = [];
  let name = '';
  let stream = '';
  for (let at = 0; at + 6 <= bytes.length; ) {
    const type = u16(bytes, at);
    const size = type === record.version ? versionBytes : u32(bytes, at + 2);
    const from = at + 6;
    if (type === record.name) name = latin1(bytes, from, from + size);
    else if (type === record.streamName) stream = latin1(bytes, from, from + size);
    else if (type === record.offset) modules.push({ stream, name: name || stream, offset: u32(bytes, from) });
    at = from + size;
  }
  return modules;
}

/** The start of every module: `Attribute VB_Name`. The first eight letters are not compressed. */
const firstLetters = '\x00Attribut';
const beforeLetters = 3;
/** Modules that are looked for in one stream. */
const maxStarts = 64;

/**
 * Gives the source of a module: from where `dir` says, and from wherever else it starts, since a
 * document can hide that.
 * @param offset null if it is not known
 */
export function openModule(stream: Uint8Array, name: string, offset: number | null, room: Room): void {
  const starts = new Set<number>();
  for (const at of offsetsOf(stream, firstLetters)) {
    if (starts.size >= maxStarts) break;
    const from = at - beforeLetters;
    if (from >= 0 && stream[from] === containerMark && ((u16(stream, from + 1) >> 12) & 7) === 3) starts.add(from);
    room.checkTime();
  }
  if (offset !== null && stream[offset] === containerMark) starts.add(offset);
  for (const from of [...starts].sort((a, b) => a - b)) {
    decodeMember(name, room, (output) => decompressVba(stream.subarray(from), output));
  }
}
