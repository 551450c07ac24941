/**
 * The two bits of a gram (four bytes, the first one lowest) in a filter of `2 ** size` bits. Both are
 * in one word of 64 bits, so that a gram costs one access to memory, and a query reads rows next to
 * each other. Part of the stored form: other functions need another `gramHashId`.
 * `engine/filter/filter.rs` has the same.
 */
export function firstBit(gram: number, size: number): number {
  return wordOf(gram, size) + (pairOf(gram) >>> 6);
}

/** See `firstBit`. */
export function secondBit(gram: number, size: number): number {
  return wordOf(gram, size) + (pairOf(gram) & 63);
}

/** The first bit of its word. */
function wordOf(gram: number, size: number): number {
  return (Math.imul(mix(gram), 0x9e3779b1) >>> (32 - (size - 6))) * 64;
}

function pairOf(gram: number): number {
  return Math.imul(mix(gram), 0x85ebca6b) >>> 20;
}

function mix(gram: number): number {
  return gram ^ (gram >>> 15);
}

export const gramHashId = 'two-of-a-word/1';
