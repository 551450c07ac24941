import { createHash } from 'node:crypto';
import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';

/** A set of objects of a segment: bit `n % 8` of byte `n / 8` is that of object `n`. */
export type Bits = Uint8Array;

export function emptyBits(count: number): Bits {
  return new Uint8Array(Math.ceil(count / 8));
}

/** For what is not known: every object may match. */
export function everyBit(count: number): Bits {
  return emptyBits(count).fill(0xff);
}

export function hasBit(bits: Bits, index: number): boolean {
  return (((bits[index >>> 3] ?? 0) >>> (index & 7)) & 1) === 1;
}

export function setBit(bits: Bits, index: number): void {
  bits[index >>> 3] = (bits[index >>> 3] ?? 0) | (1 << (index & 7));
}

/** The set of the objects whose flag is 1. */
export function bitsWhere(flags: Uint8Array): Bits {
  const bits = emptyBits(flags.length);
  for (const [index, flag] of flags.entries()) if (flag === 1) setBit(bits, index);
  return bits;
}

/** Adds the objects of another set. */
export function addBits(bits: Bits, others: Bits): void {
  for (let index = 0; index < bits.length; index += 1) bits[index] = (bits[index] ?? 0) | (others[index] ?? 0);
}

/** Whether two sets have an object in common. */
export function intersect(one: Bits, other: Bits): boolean {
  return one.some((byte, index) => (byte & (other[index] ?? 0)) !== 0);
}

export function countBits(bits: Bits): number {
  let count = 0;
  for (const byte of bits) for (let rest = byte; rest !== 0; rest &= rest - 1) count += 1;
  return count;
}

/** Encodes a set as text: compressed, since most are nearly empty. */
export function encodeBits(bits: Bits): string {
  return zstdCompressSync(bits).toString('base64');
}

/**
 * @param count number of objects of the segment
 * @throws Error if it is not the text of a set of that many
 */
export function decodeBits(text: string, count: number): Bits {
  const bits = zstdDecompressSync(Buffer.from(text, 'base64'), { maxOutputLength: Math.max(1, Math.ceil(count / 8)) });
  if (bits.length !== Math.ceil(count / 8)) throw new Error(`A set of ${count} objects has another length.`);
  return Uint8Array.from(bits);
}

/** Lower-case hex SHA-256. */
export function digestBits(bits: Bits): string {
  return createHash('sha256').update(bits).digest('hex');
}
