import { messageOf } from '../../../domain/errors.ts';
import { createOutput } from '../../bytes/output.ts';
import { u16, u32 } from '../../bytes/read.ts';
import { magic } from '../../find.ts';
import { LimitReached, type Opener, type Room } from '../../types.ts';
import { decompressUpx, isKnownMethod } from './decompress.ts';
import { unfilter } from './unfilter.ts';

const blockHeaderBytes = 12;
/** `l_info` and `p_info`, which come before the first block; their values can be forged. */
const infoBytes = 24;

interface Block {
  readonly at: number;
  readonly size: number;
  readonly packed: number;
  readonly method: number;
  readonly filter: number;
  readonly mark: number;
}

function readBlock(bytes: Uint8Array, at: number): Block | null {
  const block = {
    at,
    ...{ size: u32(bytes, at), packed: u32(bytes, at + 4), method: bytes[at + 8] ?? 0 },
    ...{ filter: bytes[at + 9] ?? 0, mark: bytes[at + 10] ?? 0 },
  };
  const isStored = block.packed === block.size;
  const isPossible =
    block.size > 0 && block.packed > 0 && block.packed <= block.size && (isStored || isKnownMethod(block.method));
  return isPossible && at + blockHeaderBytes + block.packed <= bytes.length ? block : null;
}

/** The block with the headers of the original, which is the first. Null for other programs. */
function firstBlock(bytes: Uint8Array): Block | null {
  const is64 = bytes[4] === 2;
  const [headerBytes, entryBytes] = is64 ? [64, 56] : [52, 32];
  const entries = u16(bytes, is64 ? 56 : 44);
  const block = readBlock(bytes, headerBytes + entries * entryBytes + infoBytes);
  if (block === null || block.size > 16_384 || (block.size - headerBytes) % entryBytes !== 0) return null;
  return block.size > headerBytes && block.packed < block.size ? block : null;
}

export const findUpxElf = magic('\x7fELF', 0, (bytes) => bytes[5] === 1 && firstBlock(bytes) !== null);

interface Segment {
  readonly offset: number;
  readonly size: number;
}

/** The parts of the original that are loaded, from its headers. */
function segmentsOf(headers: Uint8Array): readonly Segment[] {
  const is64 = headers[4] === 2;
  const [from, entryBytes] = is64 ? [64, 56] : [52, 32];
  const segments: Segment[] = [];
  for (let at = from; at + entryBytes <= headers.length; at += entryBytes) {
    if (u32(headers, at) !== 1) continue;
    segments.push({ offset: u32(headers, at + (is64 ? 8 : 4)), size: u32(headers, at + (is64 ? 32 : 16)) });
  }
  return segments;
}

/** The parts between and behind those that are loaded. The last one has all that is left. */
function gapsOf(segments: readonly Segment[], fileSize: number): readonly Segment[] {
  const starts = segments.map(({ offset }) => offset).sort((a, b) => a - b);
  const gaps: Segment[] = [];
  for (const { offset, size } of segments) {
    const end = offset + size;
    const next = starts.find((start) => start > offset) ?? (fileSize > end ? fileSize : end + unknownSize);
    if (next > end) gaps.push({ offset: end, size: next - end });
  }
  return gaps;
}

/** Stands for the size of a last part that is not known. */
const unknownSize = 64 * 1024 * 1024;

interface Piece {
  readonly offset: number;
  readonly bytes: Uint8Array;
}

/**
 * Gives the program that UPX has packed, exactly as it was. Only its blocks count: the headers of
 * UPX are often forged, so that nothing else unpacks it.
 */
export const openUpxElf: Opener = (content, room) => {
  const first = firstBlock(content);
  if (first === null) return;
  const headers = unpackBlock(content, first, room);
  if (headers[0] !== 0x7f || headers[1] !== 0x45) return;
  const segments = segmentsOf(headers).slice(0, maxSegments);
  const pieces: Piece[] = [];
  let next = first.at;
  let problem: string | undefined;
  try {
    for (const segment of segments) next = readExtent(segment, next, false);
    for (const gap of gapsOf(segments, u32(content, first.at - 8))) next = readExtent(gap, next, true);
  } catch (error) {
    if (error instanceof LimitReached) {
      room.cut(memberName, assemble(pieces, room), error.reason);
      throw error;
    }
    problem = messageOf(error);
  }
  room.member(memberName, assemble(pieces, room));
  if (problem !== undefined) room.missed(memberName, 'damaged', problem);

  /** Reads the blocks of a part of the original. Those of a gap can come behind the code of UPX. */
  function readExtent({ offset, size }: Segment, from: number, isGap: boolean): number {
    let at = from;
    for (let done = 0; done < size; ) {
      const found = isGap
        ? nextGapBlock(content, at, size - done, first?.method ?? 0, room)
        : plainBlock(content, at, room);
      if (found === null) {
        if (isGap) return at;
        throw new Error('a block is missing');
      }
      pieces.push({ offset: offset + done, bytes: found.bytes });
      done += found.bytes.length;
      at = found.end;
    }
    return at;
  }
};

const maxSegments = 64;

interface Unpacked {
  readonly bytes: Uint8Array;
  readonly end: number;
}

function plainBlock(content: Uint8Array, at: number, room: Room): Unpacked | null {
  const block = readBlock(content, at);
  return block === null
    ? null
    : { bytes: unpackBlock(content, block, room), end: at + blockHeaderBytes + block.packed };
}

/** The code of UPX is smaller. */
const maxSearchBytes = 64 * 1024;
const maxTries = 64;
/** A part of the original that has several blocks has blocks of at least this size. */
const minPartBytes = 64 * 1024;
/** Bytes to the next block, if it follows. */
const nextBytes = 4;

function nextGapBlock(content: Uint8Array, from: number, size: number, method: number, room: Room): Unpacked | null {
  let tries = 0;
  for (let at = from; at < from + maxSearchBytes && tries < maxTries; at += 1) {
    const block = readBlock(content, at);
    if (block === null || block.size > size || content[at + 11] !== 0 || block.filter !== 0) continue;
    if (block.packed !== block.size && block.method !== method) continue;
    // The code of UPX has blocks of its own.
    if (block.size !== size && block.size < minPartBytes && at - from >= nextBytes) continue;
    tries += 1;
    try {
      return { bytes: unpackBlock(content, block, room), end: at + blockHeaderBytes + block.packed };
    } catch (error) {
      if (error instanceof LimitReached) throw error;
    }
  }
  return null;
}

function assemble(pieces: readonly Piece[], room: Room): Uint8Array {
  const output = createOutput(room);
  for (const { offset, bytes } of [...pieces].sort((a, b) => a.offset - b.offset)) {
    const hole = offset - output.length;
    if (hole > 0 && hole <= maxHoleBytes) output.append(new Uint8Array(hole));
    output.append(bytes);
  }
  return output.bytes();
}

/** Larger holes are no part of a real program: what follows is put next to it. */
const maxHoleBytes = 4 * 1024 * 1024;

const memberName = 'unpacked';

function unpackBlock(content: Uint8Array, block: Block, room: Room): Uint8Array {
  const { at, size, packed, method, filter, mark } = block;
  const data = content.subarray(at + blockHeaderBytes, at + blockHeaderBytes + packed);
  if (packed === size) return data;
  const output = createOutput(room, size);
  decompressUpx(data, method, size, output, room);
  if (output.length !== size) throw new Error(`a block has ${output.length} of ${size} bytes`);
  const bytes = output.bytes();
  if (filter !== 0) unfilter(bytes, filter, mark);
  return bytes;
}
