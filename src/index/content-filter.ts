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

/** Filters are made here, and copied when their size is known. It keeps the size of the largest. */
let scratch = new Uint32Array(0);

/** Returns the filter of a content. */
export function createContentFilter(bytes: Uint8Array): ContentFilter {
  const size = clamp(Math.ceil(Math.log2(Math.max(1, bytes.length) * bitsPerGram)));
  const words = 2 ** size / 32;
  if (scratch.length < words) scratch = new Uint32Array(words);
  else scratch.fill(0, 0, words);
  addGrams(scratch, 32 - size, bytes);
  const smaller = smallestFor(scratch, size);
  for (let current = size; current > smaller; current -= 1) fold(scratch, scratch, 2 ** current / 64);
  return { size: smaller, bits: scratch.slice(0, 2 ** smaller / 32) };
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
export function foldFilter({ size, bits }: ContentFilter, most: number): ContentFilter {
  const folded = bits.slice();
  for (let current = size; current > most; current -= 1) fold(folded, folded, 2 ** current / 64);
  const smaller = Math.min(size, most);
  return { size: smaller, bits: folded.slice(0, 2 ** smaller / 32) };
}

/** The smallest size with enough bits for the number of grams, which the bits that are set show. */
function smallestFor(bits: Uint32Array, size: number): number {
  const total = 2 ** size;
  const words = total / 32;
  let set = 0;
  for (let index = 0; index < words; index += 1) set += countBits(bits[index] ?? 0);
  const share = Math.min(set / total, 1 - 1 / total);
  const grams = (-total * Math.log(1 - share)) / 2;
  return Math.min(size, clamp(Math.ceil(Math.log2(Math.max(1, grams * bitsPerGram)))));
}

/**
 * Bits next to each other become one: the hashes are numbered by their highest bits. The two may be
 * the same array.
 */
function fold(from: Uint32Array, to: Uint32Array, words: number): void {
  for (let index = 0; index < words; index += 1) {
    to[index] = halve(from[2 * index] ?? 0) | (halve(from[2 * index + 1] ?? 0) << 16);
  }
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
