/**
 * The two numbers of 32 bits by which a gram (four bytes, the first one lowest) is found in a
 * filter. Part of the stored form: another function needs another `gramHashId`.
 */
export function firstHash(gram: number): number {
  const mixed = Math.imul(gram ^ (gram >>> 15), 0x2c1b3c6d);
  return Math.imul(mixed ^ (mixed >>> 12), 0x297a2d39) >>> 0;
}

/** See `firstHash`. */
export function secondHash(gram: number): number {
  const mixed = Math.imul(gram ^ (gram >>> 16), 0x85ebca6b);
  return Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35) >>> 0;
}

export const gramHashId = 'two-hashes/1';
