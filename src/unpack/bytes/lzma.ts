import type { Output } from './output.ts';

export interface LzmaProperties {
  readonly literalContextBits: number;
  readonly literalPositionBits: number;
  readonly positionBits: number;
}

const half = 1024;
const top = 2 ** 24;
const states = 12;

const probabilities = (count: number) => new Uint16Array(count).fill(half);

/**
 * Decompresses a raw stream of LZMA, without a header ("lzma-specification.txt" of the LZMA SDK).
 * @param size the bytes that it has when decompressed; it can end before, with a mark of the end
 * @throws Error where it is damaged; the output has what comes before
 */
export function decompressLzma(data: Uint8Array, output: Output, properties: LzmaProperties, size: number): void {
  const { literalContextBits, literalPositionBits, positionBits } = properties;
  if (literalContextBits > 8 || literalPositionBits > 4 || positionBits > 4)
    throw new Error('wrong properties of LZMA');
  let at = 5;
  let range = 0xffffffff;
  let code = (((data[1] ?? 0) << 24) | ((data[2] ?? 0) << 16) | ((data[3] ?? 0) << 8) | (data[4] ?? 0)) >>> 0;

  function normalize(): void {
    if (range >= top) return;
    if (at > data.length) throw new Error('the compressed data is truncated');
    range = (range << 8) >>> 0;
    code = ((code << 8) | (data[at] ?? 0)) >>> 0;
    at += 1;
  }

  function bit(table: Uint16Array, index: number): number {
    const probability = table[index] ?? half;
    const bound = (range >>> 11) * probability;
    if (code < bound) {
      range = bound;
      table[index] = probability + ((2048 - probability) >> 5);
      normalize();
      return 0;
    }
    range = (range - bound) >>> 0;
    code = (code - bound) >>> 0;
    table[index] = probability - (probability >> 5);
    normalize();
    return 1;
  }

  function directBits(count: number): number {
    let value = 0;
    for (let left = count; left > 0; left -= 1) {
      range >>>= 1;
      const isSet = code >= range;
      if (isSet) code = (code - range) >>> 0;
      value = value * 2 + (isSet ? 1 : 0);
      normalize();
    }
    return value;
  }

  function tree(table: Uint16Array, from: number, count: number): number {
    let node = 1;
    for (let left = count; left > 0; left -= 1) node = node * 2 + bit(table, from + node);
    return node - (1 << count);
  }

  function reverseTree(table: Uint16Array, from: number, count: number): number {
    let node = 1;
    let value = 0;
    for (let index = 0; index < count; index += 1) {
      const read = bit(table, from + node);
      node = node * 2 + read;
      value |= read << index;
    }
    return value;
  }

  const lengthTables = () => ({
    choice: probabilities(2),
    low: probabilities(128),
    mid: probabilities(128),
    high: probabilities(256),
  });
  const readLength = (tables: ReturnType<typeof lengthTables>, position: number): number => {
    if (bit(tables.choice, 0) === 0) return tree(tables.low, position << 3, 3);
    if (bit(tables.choice, 1) === 0) return 8 + tree(tables.mid, position << 3, 3);
    return 16 + tree(tables.high, 0, 8);
  };

  const literals = probabilities(0x300 << (literalContextBits + literalPositionBits));
  const isMatch = probabilities(states << 4);
  const isRepeat = probabilities(states);
  const isRepeat0 = probabilities(states);
  const isRepeat1 = probabilities(states);
  const isRepeat2 = probabilities(states);
  const isRepeat0Long = probabilities(states << 4);
  const slots = probabilities(4 << 6);
  const distances = probabilities(128);
  const aligned = probabilities(16);
  const matchLength = lengthTables();
  const repeatLength = lengthTables();
  const start = output.length;
  let state = 0;
  let [rep0, rep1, rep2, rep3] = [0, 0, 0, 0];

  function readLiteral(): void {
    const written = output.length - start;
    const previous = written === 0 ? 0 : output.last(1);
    const position = written & ((1 << literalPositionBits) - 1);
    const from = 0x300 * ((position << literalContextBits) + (previous >> (8 - literalContextBits)));
    let symbol = 1;
    if (state >= 7) {
      let matched = output.last(rep0 + 1);
      while (symbol < 0x100) {
        const expected = (matched >> 7) & 1;
        matched <<= 1;
        const read = bit(literals, from + ((1 + expected) << 8) + symbol);
        symbol = symbol * 2 + read;
        if (read !== expected) break;
      }
    }
    while (symbol < 0x100) symbol = symbol * 2 + bit(literals, from + symbol);
    output.push(symbol & 0xff);
    state = state < 4 ? 0 : state < 10 ? state - 3 : state - 6;
  }

  function readDistance(length: number): number {
    const slot = tree(slots, Math.min(length, 3) << 6, 6);
    if (slot < 4) return slot;
    const count = (slot >> 1) - 1;
    const base = (2 | (slot & 1)) * 2 ** count;
    if (slot < 14) return base + reverseTree(distances, base - slot, count);
    return base + directBits(count - 4) * 16 + reverseTree(aligned, 0, 4);
  }

  while (output.length - start < size) {
    const position = (output.length - start) & ((1 << positionBits) - 1);
    if (bit(isMatch, (state << 4) + position) === 0) {
      readLiteral();
      continue;
    }
    let length: number;
    if (bit(isRepeat, state) === 0) {
      [rep1, rep2, rep3] = [rep0, rep1, rep2];
      length = readLength(matchLength, position);
      state = state < 7 ? 7 : 10;
      rep0 = readDistance(length);
      if (rep0 === 0xffffffff) return;
    } else {
      if (bit(isRepeat0, state) === 0) {
        if (bit(isRepeat0Long, (state << 4) + position) === 0) {
          state = state < 7 ? 9 : 11;
          output.repeat(rep0 + 1, 1);
          continue;
        }
      } else if (bit(isRepeat1, state) === 0) [rep0, rep1] = [rep1, rep0];
      else if (bit(isRepeat2, state) === 0) [rep0, rep1, rep2] = [rep2, rep0, rep1];
      else [rep0, rep1, rep2, rep3] = [rep3, rep0, rep1, rep2];
      length = readLength(repeatLength, position);
      state = state < 7 ? 8 : 11;
    }
    output.repeat(rep0 + 1, Math.min(length + 2, size - (output.length - start)));
  }
}
