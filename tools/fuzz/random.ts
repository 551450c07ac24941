import { createHash } from 'node:crypto';

/** Pseudo-random choices, the same for the same name. */
export interface Random {
  /** From 0 to `below` - 1; 0 where `below` is less than 2. */
  int(below: number): number;
  /** From 1 to `max`, or 0 if that is below 1. Each power of two is as likely as the next. */
  size(max: number): number;
  chance(probability: number): boolean;
  pick<T>(of: readonly [T, ...T[]]): T;
  pick<T>(of: readonly T[]): T | undefined;
}

/**
 * The generator sfc32 (https://pracrand.sourceforge.net/RNG_engines.txt), seeded with the hash of a
 * name.
 */
export function createRandom(name: string): Random {
  const seed = createHash('sha256').update(name).digest();
  let [a, b, c, d] = [seed.readInt32LE(0), seed.readInt32LE(4), seed.readInt32LE(8), 1];
  const next = (): number => {
    const sum = (((a + b) | 0) + d) | 0;
    d = (d + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return (sum >>> 0) / 2 ** 32;
  };
  const int = (below: number): number => (below < 2 ? 0 : Math.floor(next() * below));
  function pick<T>(of: readonly [T, ...T[]]): T;
  function pick<T>(of: readonly T[]): T | undefined;
  function pick<T>(of: readonly T[]): T | undefined {
    return of[int(of.length)];
  }
  return {
    int,
    size: (max) => (max < 1 ? 0 : Math.min(Math.floor(max), Math.floor(2 ** (next() * Math.log2(max + 1))))),
    chance: (probability) => next() < probability,
    pick,
  };
}
