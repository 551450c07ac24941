import { gramBytes } from '../rules/requirement/run-windows.ts';
import { chunkBytes, filterModule } from './filter-module.ts';
import { firstBit, secondBit } from './gram-hash.ts';

/** Sizes of filters are powers of two, within these. */
export const smallestClass = 9;
export const largestClass = 26;
/** Bits for each different gram, at least; on average half as many more. */
const bitsPerGram = 2.2;
/** Bits of a word, as a power of two. */
const wordSize = 6;

/**
 * The grams of a content: for each, two bits are set in a filter of `2 ** size` bits. A gram whose
 * bits are not both set does not occur.
 */
export interface ContentFilter {
  readonly size: number;
  /** Bit `n` is bit `n % 32` of word `n / 32`. The memory is its own. */
  readonly bits: Uint32Array<ArrayBuffer>;
}

/**
 * Returns the filter of a content.
 * @throws Error if there is no memory for it: 8 MiB at most
 */
export function createContentFilter(bytes: Uint8Array): ContentFilter {
  const module = filterModule();
  const most = clamp(Math.ceil(Math.log2(Math.max(1, bytes.length) * bitsPerGram)));
  const address = module.words_address(2 ** (most - wordSize));
  if (address === 0) throw new Error('There is no memory for the filter of a content.');
  const chunkAt = module.chunk_address();
  // Chunks overlap, so that no gram is cut in two.
  for (let from = 0; from + gramBytes <= bytes.length; from += chunkBytes - (gramBytes - 1)) {
    const chunk = bytes.subarray(from, from + chunkBytes);
    new Uint8Array(module.memory.buffer, chunkAt, chunkBytes).set(chunk);
    module.add(chunk.length, most - wordSize);
  }
  const size = smallestFor(module.count(2 ** (most - wordSize)), most);
  for (let current = most; current > size; current -= 1) module.fold(2 ** (current - wordSize));
  return { size, bits: new Uint32Array(module.memory.buffer, address, 2 ** size / 32).slice() };
}

/** The smallest size with enough bits for the number of grams, which the bits that are set show. */
function smallestFor(set: number, size: number): number {
  const total = 2 ** size;
  const share = Math.min(set / total, 1 - 1 / total);
  const grams = (-total * Math.log(1 - share)) / 2;
  return Math.min(size, clamp(Math.ceil(Math.log2(Math.max(1, grams * bitsPerGram)))));
}

/** The filter of both. It stays as large as the larger one: what is joined often is dense. */
export function joinFilters(one: ContentFilter, other: ContentFilter): ContentFilter {
  const size = Math.max(one.size, other.size);
  const [first, second] = [unfold(one, size), unfold(other, size)];
  return { size, bits: first.map((word, index) => word | (second[index] ?? 0)) };
}

/** The bits of a larger filter with the same grams: each word stands for the two that it was folded from. */
function unfold({ size, bits }: ContentFilter, wanted: number): Uint32Array<ArrayBuffer> {
  if (size === wanted) return bits;
  const copies = 2 ** (wanted - size);
  const unfolded = new Uint32Array(bits.length * copies);
  for (let index = 0; index < unfolded.length; index += 1) {
    const word = Math.floor(index / 2 / copies);
    unfolded[index] = bits[word * 2 + (index & 1)] ?? 0;
  }
  return unfolded;
}

function clamp(size: number): number {
  return Math.min(largestClass, Math.max(smallestClass, size));
}

/** Returns whether a gram may occur. */
export function mayHaveGram({ size, bits }: ContentFilter, gram: number): boolean {
  return [firstBit(gram, size), secondBit(gram, size)].every(
    (bit) => ((bits[bit >>> 5] ?? 0) & (1 << (bit & 31))) !== 0,
  );
}
