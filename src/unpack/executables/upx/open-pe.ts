import { messageOf } from '../../../domain/errors.ts';
import { createOutput, type Output } from '../../bytes/output.ts';
import { latin1, u16, u32 } from '../../bytes/read.ts';
import { magic } from '../../find.ts';
import { LimitReached, type Opener, type Room } from '../../types.ts';
import { decompressUpx, isKnownMethod, lzmaMethod } from './decompress.ts';
import { unfilter } from './unfilter.ts';

interface Section {
  readonly address: number;
  readonly virtualSize: number;
  readonly pointer: number;
  readonly rawSize: number;
}

interface Program {
  /** Where the header of the format PE starts. */
  readonly at: number;
  readonly entry: number;
  readonly sections: readonly Section[];
}

const maxSections = 96;
const sectionBytes = 40;

function readProgram(bytes: Uint8Array): Program | null {
  const at = u32(bytes, 0x3c);
  if (latin1(bytes, at, at + 4) !== 'PE\0\0') return null;
  const from = at + 24 + u16(bytes, at + 20);
  const count = Math.min(maxSections, u16(bytes, at + 6));
  return { at, entry: u32(bytes, at + 40), sections: readSections(bytes, from, count) };
}

function readSections(bytes: Uint8Array, from: number, count: number): readonly Section[] {
  return Array.from({ length: count }, (_, index) => {
    const at = from + index * sectionBytes;
    return {
      ...{ virtualSize: u32(bytes, at + 8), address: u32(bytes, at + 12) },
      ...{ rawSize: u32(bytes, at + 16), pointer: u32(bytes, at + 20) },
    };
  });
}

interface Packed {
  readonly program: Program;
  readonly data: Uint8Array;
  /** Null if the header of UPX is forged: then each method is tried. */
  readonly method: number | null;
  readonly size: number;
  readonly filter: number;
  readonly mark: number;
}

const packHeaderBytes = 32;
/** Instructions before the first that matters, in libraries. */
const maxSkipped = 16;

/**
 * Where the data starts in the file, from the first instructions of UPX: `pushad; mov esi, …`, or
 * `push …; lea rsi, …`. Null for other code.
 */
function dataStart(bytes: Uint8Array, { at, entry }: Program, { address, pointer }: Section): number | null {
  const from = pointer + entry - address;
  for (let code = from; code < from + maxSkipped; code += 1) {
    const start = latin1(bytes, code, code + 7);
    if (start.startsWith('\x60\xbe')) return u32(bytes, code + 2) - u32(bytes, at + 52) - address + pointer;
    if (start === '\x53\x56\x57\x55\x48\x8d\x35') return code + 11 + (u32(bytes, code + 7) | 0);
  }
  return null;
}

/**
 * The data of a program that has no bytes in its first section, and starts in the one behind. Names
 * of sections and the magic number of UPX are often forged, so they do not count.
 */
function readPacked(bytes: Uint8Array): Packed | null {
  const program = readProgram(bytes);
  const [first, second] = program?.sections ?? [];
  if (program === null || first === undefined || second === undefined || first.rawSize !== 0) return null;
  const { address, virtualSize, rawSize, pointer } = second;
  if (program.entry < address || program.entry >= address + virtualSize || pointer < packHeaderBytes) return null;
  const stated = dataStart(bytes, program, second);
  const start = stated ?? pointer;
  const end = Math.min(bytes.length, pointer + rawSize);
  if (start < packHeaderBytes || start >= end) return null;
  const data = bytes.subarray(start, end);
  const header = bytes.subarray(start - packHeaderBytes, start);
  const maxSize = first.virtualSize + virtualSize;
  const [method, size, packedSize] = [header[6] ?? 0, u32(header, 16), u32(header, 20)];
  if (isKnownMethod(method) && size > 0 && size <= maxSize && packedSize > 0 && packedSize <= data.length) {
    const [filter, mark] = [header[28] ?? 0, header[29] ?? 0];
    return { program, data: data.subarray(0, packedSize), method, size, filter, mark };
  }
  if (stated === null) return null;
  const packed = data.subarray(0, Math.max(0, pointer + program.entry - address - start));
  return { program, data: packed, method: null, size: maxSize, filter: 0, mark: 0 };
}

export const findUpxPe = magic('MZ', 0, (bytes) => readPacked(bytes) !== null);

const memberName = 'unpacked';

/**
 * Gives the program that UPX has packed, with its own headers and sections. Tables of imports and
 * relocations stay as UPX left them.
 */
export const openUpxPe: Opener = (content, room) => {
  const packed = readPacked(content);
  if (packed === null) return;
  const methods = packed.method === null ? [2, 5, 8, lzmaMethod] : [packed.method];
  let problem = '';
  for (const method of methods) {
    const output = createOutput(room, packed.size);
    try {
      decompressUpx(packed.data, method, packed.size, output, room);
      problem = '';
    } catch (error) {
      if (error instanceof LimitReached) {
        room.cut(memberName, output.bytes(), error.reason);
        throw error;
      }
      problem = messageOf(error);
      if (method !== methods.at(-1)) continue;
    }
    const program = problem === '' ? rebuild(content, output, packed, room) : null;
    if (output.length > 0) room.member(memberName, program ?? output.bytes());
    break;
  }
  if (problem !== '') room.missed(memberName, 'damaged', problem);
};

/** The original, from its headers behind the data. Null if they are not there. */
function rebuild(content: Uint8Array, { bytes: bytesOf }: Output, packed: Packed, room: Room): Uint8Array | null {
  const bytes = bytesOf();
  const { at } = packed.program;
  const headerAt = u32(bytes, bytes.length - 4);
  if (latin1(bytes, headerAt, headerAt + 4) !== 'PE\0\0') return null;
  const is64 = u16(bytes, headerAt + 24) === 0x20b;
  const headerEnd = headerAt + (is64 ? 0x108 : 0xf8);
  const count = Math.min(maxSections, u16(bytes, headerAt + 6));
  const tableEnd = headerEnd + count * sectionBytes;
  const sections = readSections(bytes, headerEnd, count);
  const base = sections[0]?.address ?? 0;
  const code = u32(bytes, headerAt + 44);
  if (code >= base && packed.filter !== 0) {
    const from = code - base;
    unfilter(bytes.subarray(from, from + u32(bytes, headerAt + 28)), packed.filter, packed.mark);
  }
  const output = createOutput(room);
  output.append(content.subarray(0, at));
  output.append(bytes.subarray(headerAt, tableEnd));
  for (const { address, rawSize, pointer } of [...sections].sort((a, b) => a.pointer - b.pointer)) {
    if (rawSize === 0 || pointer === 0 || address < base) continue;
    const hole = pointer - output.length;
    if (hole > 0 && hole <= maxHoleBytes) output.append(new Uint8Array(hole));
    output.append(bytes.subarray(address - base, Math.min(address - base + rawSize, headerAt)));
  }
  // What is needed to rebuild tables: the names of imports are there.
  output.append(bytes.subarray(tableEnd));
  return output.bytes();
}

const maxHoleBytes = 1024 * 1024;
