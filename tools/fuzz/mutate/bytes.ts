import type { Random } from '../random.ts';
import { integers } from './values.ts';

/** Material for a mutation. */
export interface ByteSupply {
  readonly random: Random;
  readonly words: readonly Uint8Array[];
  /** Another input. */
  readonly other: Uint8Array;
  /** Maximum result size. */
  readonly maxLength: number;
}

type ByteMutation = (bytes: Buffer, supply: ByteSupply) => Buffer;

const mutations: readonly [ByteMutation, ...ByteMutation[]] = [
  (bytes, { random }) => change(bytes, (copy) => flip(copy, random)),
  (bytes, { random }) => change(bytes, (copy) => cut(copy, random).fill(random.int(256))),
  (bytes, { random }) => change(bytes, (copy) => writeInteger(copy, random)),
  (bytes, { random }) => change(bytes, (copy) => writeInteger(copy, random)),
  (bytes, { random }) => splice(bytes, ...rangeOf(bytes, random), Buffer.alloc(0)),
  (bytes, { random, words }) => splice(bytes, random.int(bytes.length + 1), 0, random.pick(words) ?? Buffer.of(0)),
  (bytes, { random, other }) => splice(bytes, random.int(bytes.length + 1), 0, cut(other, random)),
  (bytes, { random, other }) => {
    const [start] = rangeOf(bytes, random);
    const piece = cut(other, random);
    return splice(bytes, start, piece.length, piece);
  },
  (bytes, { random }) => splice(bytes, random.int(bytes.length + 1), 0, cut(bytes, random)),
  (bytes, { random }) => bytes.subarray(0, random.int(bytes.length + 1)),
  (bytes, { random, maxLength }) => {
    const piece = Buffer.from(cut(bytes, random).subarray(0, 1 + random.int(16)));
    const size = random.size(Math.max(1, maxLength - bytes.length));
    return splice(bytes, random.int(bytes.length + 1), 0, Buffer.alloc(size, piece.length === 0 ? 0 : piece));
  },
];

/** Changes bytes in one way. */
export function mutateBytes(bytes: Buffer, supply: ByteSupply): Buffer {
  return supply.random.pick(mutations)(bytes, supply).subarray(0, supply.maxLength);
}

function change(bytes: Buffer, by: (copy: Buffer) => void): Buffer {
  const copy = Buffer.from(bytes);
  by(copy);
  return copy;
}

function flip(bytes: Buffer, random: Random): void {
  const at = random.int(bytes.length);
  if (at < bytes.length) bytes[at] = (bytes[at] ?? 0) ^ (1 << random.int(8));
}

/** A length or offset, in any of the usual sizes and orders. */
function writeInteger(bytes: Buffer, random: Random): void {
  const size = random.pick([1, 2, 4, 4, 8]);
  if (bytes.length < size) return;
  const at = random.int(bytes.length - size + 1);
  const isLittle = random.chance(0.7);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const near = size === 4 ? view.getUint32(at, isLittle) + random.int(9) - 4 : 0;
  const value = random.chance(0.3) ? near >>> 0 : random.pick(integers);
  if (size === 1) view.setUint8(at, value);
  else if (size === 2) view.setUint16(at, value, isLittle);
  else if (size === 4) view.setUint32(at, value, isLittle);
  else view.setBigUint64(at, BigInt(value) << BigInt(random.int(32)), isLittle);
}

function splice(bytes: Uint8Array, at: number, length: number, instead: Uint8Array): Buffer {
  return Buffer.concat([bytes.subarray(0, at), instead, bytes.subarray(at + length)]);
}

function rangeOf(bytes: Uint8Array, random: Random): readonly [start: number, length: number] {
  const start = random.int(bytes.length);
  return [start, random.size(bytes.length - start)];
}

function cut(bytes: Uint8Array, random: Random): Uint8Array {
  const [start, length] = rangeOf(bytes, random);
  return bytes.subarray(start, start + length);
}
