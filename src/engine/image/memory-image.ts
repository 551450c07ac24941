import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { messageOf } from '../../domain/errors.ts';
import type { RulesetImage } from '../../domain/rulesets/ruleset.ts';
import type { Rules } from '../module/objects.ts';
import { type Engine, startEngine } from '../yara.ts';

/**
 * Takes a ruleset's memory from one instance of the engine and puts it into another.
 *
 * A built ruleset is completely in the linear memory of its instance, so the same bytes in another
 * instance of the same module are the same ruleset. This takes a fraction of the time that the
 * engine's own serialization takes to build its search structures again.
 */
export type MemoryImage = Omit<RulesetImage, 'engineSha256' | 'externals'>;

/** The instance holds something that would be lost. */
export class ImageError extends Error {}

const pageBytes = 65_536;
/** Most images become this many times as large, or less: then they are decompressed into one piece. */
const usualRatio = 16;
const [leastChunkBytes, mostChunkBytes] = [64 * 1024, 64 * 1024 * 1024];
/** Stronger compression is left to the store. */
const compression = { params: { [constants.ZSTD_c_compressionLevel]: 3 } };
/** Step of the byte comparison; a finer one makes more runs of fewer bytes. */
const grain = 32;
/** Longer runs are copied by a call. */
const mostWordsOneByOne = 512;
/** Maximum number of equal bytes inside a run: a separate run would cost more. */
const mergeGap = 256;

/**
 * Takes the image of an instance that compiled one ruleset and did nothing else. The compiler must
 * be freed, and no scanner made. Do not use the instance afterwards: its heap has grown a little.
 * @param module of the instance
 */
export function captureImage(engine: Engine, rules: Rules, module: WebAssembly.Module): MemoryImage {
  clearFreeMemory(engine);
  const memory = new Uint8Array(engine.memory.buffer);
  const base = new Uint8Array(startEngine(module).memory.buffer);
  return {
    memoryBytes: memory.length,
    rulesAddress: rules.address,
    memory: zstdCompressSync(packDifference(memory, base), compression),
  };
}

/**
 * Starts an instance with the ruleset of an image.
 * @param module the one that the image was taken from
 * @param maxMemoryBytes of the instance
 * @throws ImageError if the image does not fit the module
 */
export function restoreImage(
  image: MemoryImage,
  module: WebAssembly.Module,
  maxMemoryBytes?: number,
): { readonly engine: Engine; readonly rules: Rules } {
  const engine = startEngine(module, maxMemoryBytes);
  const baseBytes = engine.memoryBytes();
  requireBounds(image, baseBytes);
  const growth = image.memoryBytes - baseBytes;
  try {
    engine.memory.grow(growth / pageBytes);
  } catch (cause) {
    throw new ImageError(`its memory of ${image.memoryBytes} bytes exceeds the limit for an engine here`, { cause });
  }
  unpackDifference(unpack(image), new Uint8Array(engine.memory.buffer));
  return { engine, rules: engine.rulesAt(image.rulesAddress) };
}

/** Checks the sizes stated in an image before anything of that size is allocated. */
function requireBounds({ memoryBytes, rulesAddress }: MemoryImage, baseBytes: number): void {
  if (!Number.isInteger(memoryBytes) || memoryBytes < baseBytes || memoryBytes % pageBytes !== 0)
    throw new ImageError(`its memory has the impossible size of ${memoryBytes} bytes`);
  if (!Number.isInteger(rulesAddress) || rulesAddress <= 0 || rulesAddress % 4 !== 0 || rulesAddress >= memoryBytes)
    throw new ImageError(`its rules are at the impossible address ${rulesAddress}`);
}

/**
 * Allocates blocks of free memory, from large to small, as long as there are any. Each is filled
 * with zeros, and all are freed at the end.
 */
function clearFreeMemory({ memory, allocator }: Engine): void {
  const taken: { readonly address: number; readonly bytes: number }[] = [];
  for (let bytes = 1 << 20; bytes >= 16; bytes >>= 1) {
    for (;;) {
      const before = memory.buffer.byteLength;
      const address = allocator.allocate(bytes) >>> 0;
      taken.push({ address, bytes });
      // New memory is already zero, which shows that no block of this size was free.
      if (memory.buffer.byteLength > before) break;
      new Uint8Array(memory.buffer, address, bytes).fill(0);
    }
  }
  for (const { address, bytes } of taken) allocator.release(address, bytes);
}

function packDifference(memory: Uint8Array, base: Uint8Array): Uint8Array<ArrayBuffer> {
  const runs: { start: number; end: number }[] = [];
  // Words: a comparison of short byte arrays costs more than the bytes.
  const words = wordsOf(memory);
  const baseWords = wordsOf(base);
  const differs = (from: number): boolean => {
    const end = (from + grain) / 4;
    for (let word = from / 4; word < end; word += 1) if (words[word] !== (baseWords[word] ?? 0)) return true;
    return false;
  };
  for (let at = 0; at < memory.length; at += grain) {
    if (at % pageBytes === 0 && isUnchangedPage(memory, base, at)) {
      at += pageBytes - grain;
      continue;
    }
    if (!differs(at)) continue;
    const last = runs.at(-1);
    if (last !== undefined && at - last.end <= mergeGap) last.end = at + grain;
    else runs.push({ start: at, end: at + grain });
  }
  const head = new Uint32Array(1 + 2 * runs.length);
  head[0] = runs.length;
  for (const [index, { start, end }] of runs.entries()) head.set([start, end - start], 1 + 2 * index);
  const parts = runs.map(({ start, end }) => memory.subarray(start, end));
  return new Uint8Array(Buffer.concat([new Uint8Array(head.buffer), ...parts]));
}

/** The memory of an instance, whose length is a multiple of its page size. */
function wordsOf(memory: Uint8Array): Uint32Array {
  return new Uint32Array(memory.buffer, memory.byteOffset, memory.length / 4);
}

const zeroPage = new Uint8Array(pageBytes);

function isUnchangedPage(memory: Uint8Array, base: Uint8Array, at: number): boolean {
  const before = at < base.length ? base.subarray(at, at + pageBytes) : zeroPage;
  return Buffer.compare(memory.subarray(at, at + pageBytes), before) === 0;
}

/**
 * There are more than `mergeGap` bytes between two runs. This limits the number of runs in the
 * memory, each with two numbers in the list.
 */
function longestDifference(memoryBytes: number): number {
  return memoryBytes + 4 + 8 * Math.ceil(memoryBytes / (grain + mergeGap));
}

function unpack({ memory, memoryBytes }: MemoryImage): Uint8Array {
  try {
    const maxOutputLength = longestDifference(memoryBytes);
    const chunkSize = Math.max(leastChunkBytes, Math.min(usualRatio * memory.length, maxOutputLength, mostChunkBytes));
    return zstdDecompressSync(memory, { maxOutputLength, chunkSize });
  } catch (cause) {
    throw new ImageError(`its memory is damaged (${messageOf(cause)})`, { cause });
  }
}

function unpackDifference(difference: Uint8Array, memory: Uint8Array): void {
  if (difference.length < 4 || difference.length % 4 !== 0) throw new ImageError('it is truncated');
  const source = wordsOf(difference);
  const target = wordsOf(memory);
  const [count = 0] = source;
  if (1 + 2 * count > source.length) throw new ImageError('its list of runs is truncated');
  let from = 1 + 2 * count;
  for (let run = 0; run < count; run += 1) {
    const start = (source[1 + 2 * run] ?? 0) / 4;
    const words = (source[2 + 2 * run] ?? 0) / 4;
    if (!Number.isInteger(start) || !Number.isInteger(words)) throw new ImageError('a run has parts of words');
    if (start + words > target.length || from + words > source.length)
      throw new ImageError('a run is outside of the memory');
    copyWords(source, target, { from, start, words });
    from += words;
  }
  if (from !== source.length) throw new ImageError('it has bytes that belong to no run');
}

/** Most runs are short, and a call for each costs more than its words. */
function copyWords(
  source: Uint32Array,
  target: Uint32Array,
  { from, start, words }: { readonly from: number; readonly start: number; readonly words: number },
): void {
  if (words > mostWordsOneByOne) target.set(source.subarray(from, from + words), start);
  else for (let index = 0; index < words; index += 1) target[start + index] = source[from + index] ?? 0;
}
