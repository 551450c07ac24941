/**
 * The two numbers of 32 bits whose highest bits say where a gram (four bytes, the first one lowest)
 * is in a filter. Part of the stored form: other functions need another `gramHashId`.
 */
export function firstHash(gram: number): number {
  return Math.imul(gram, 0x9e3779b1) >>> 0;
}

/** See `firstHash`. */
export function secondHash(gram: number): number {
  return Math.imul(gram ^ (gram >>> 15), 0x85ebca6b) >>> 0;
}

export const gramHashId = 'two-products/1';
