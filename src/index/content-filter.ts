import { gramBytes } from '../rules/requirement/run-windows.ts';
import { firstHash, secondHash } from './gram-hash.ts';

/** Sizes of filters are powers of two, within these. */
export const smallestClass = 9;
export const largestClass = 26;
/** Bits for each different gram, at least; on average half as many more. */
const bitsPerGram = 2.2;

/**
 * The grams of a content: for each, two bits are set in a filter of `2 ** size` bits. A gram whose
 * bits are not both set does not occur.
 */
export interface ContentFilter {
  readonly size: number;
  /** Bit `n` is bit `n % 32` of word `n / 32`. */
  readonly bits: Uint32Array;
}

/** Returns the filter of all contents together. */
export function createContentFilter(contents: readonly Uint8Array[]): ContentFilter {
  const length = contents.reduce((sum, each) => sum + each.length, 0);
  const size = clamp(Math.ceil(Math.log2(Math.max(1, length) * bitsPerGram)));
  const bits = new Uint32Array(2 ** size / 32);
  for (const bytes of contents) addGrams(bits, 32 - size, bytes);
  return shrink({ size, bits });
}

/** Adds what is in one content to a filter that has room for it. */
function addGrams(bits: Uint32Array, shift: number, bytes: Uint8Array): void {
  const { length } = bytes;
  if (length < gramBytes) return;
  let gram = ((bytes[0] ?? 0) << 8) | ((bytes[1] ?? 0) << 16) | ((bytes[2] ?? 0) << 24);
  for (let index = gramBytes - 1; index < length; index += 1) {
    gram = (gram >>> 8) | ((bytes[index] ?? 0) << 24);
    const first = firstHash(gram) >>> shift;
    const second = secondHash(gram) >>> shift;
    // A shift is by the lowest five bits.
    bits[first >>> 5] = (bits[first >>> 5] ?? 0) | (1 << first);
    bits[second >>> 5] = (bits[second >>> 5] ?? 0) | (1 << second);
  }
}

/** Returns the filter of this size at most: it has the same grams, and more by chance. */
export function foldFilter(filter: ContentFilter, size: number): ContentFilter {
  let folded = filter;
  while (folded.size > size) folded = fold(folded);
  return folded;
}

/** The smallest filter with enough bits for the number of grams, which the bits that are set show. */
function shrink(filter: ContentFilter): ContentFilter {
  const total = 2 ** filter.size;
  let set = 0;
  const { bits } = filter;
  for (let index = 0; index < bits.length; index += 1) set += countBits(bits[index] ?? 0);
  const share = Math.min(set / total, 1 - 1 / total);
  const grams = (-total * Math.log(1 - share)) / 2;
  return foldFilter(filter, clamp(Math.ceil(Math.log2(Math.max(1, grams * bitsPerGram)))));
}

/** Bits next to each other become one: the hashes are numbered by their highest bits. */
function fold({ size, bits }: ContentFilter): ContentFilter {
  const folded = new Uint32Array(bits.length / 2);
  for (let index = 0; index < folded.length; index += 1) {
    folded[index] = halve(bits[2 * index] ?? 0) | (halve(bits[2 * index + 1] ?? 0) << 16);
  }
  return { size: size - 1, bits: folded };
}

function halve(word: number): number {
  let pairs = (word | (word >>> 1)) & 0x55555555;
  pairs = (pairs | (pairs >>> 1)) & 0x33333333;
  pairs = (pairs | (pairs >>> 2)) & 0x0f0f0f0f;
  pairs = (pairs | (pairs >>> 4)) & 0x00ff00ff;
  return (pairs | (pairs >>> 8)) & 0xffff;
}

function countBits(word: number): number {
  const pairs = word - ((word >>> 1) & 0x55555555);
  const fours = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333);
  return Math.imul((fours + (fours >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

function clamp(size: number): number {
  return Math.min(largestClass, Math.max(smallestClass, size));
}

/** Returns whether a gram may occur. */
export function mayHaveGram({ size, bits }: ContentFilter, gram: number): boolean {
  return [firstHash(gram), secondHash(gram)].every((hash) => {
    const bit = hash >>> (32 - size);
    return ((bits[bit >>> 5] ?? 0) & (1 << (bit & 31))) !== 0;
  });
}
