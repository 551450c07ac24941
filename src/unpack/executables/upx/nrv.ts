import type { Output } from '../../bytes/output.ts';

export type NrvVariant = 'b' | 'd' | 'e';
/** Bits are read from units of this many bits. */
export type NrvUnit = 8 | 16 | 32;

const endOffset = 0xffffffff;
/** Bits of a number that are read at most: longer ones are damage. */
const maxBits = 40;

/**
 * Decompresses NRV2B, NRV2D or NRV2E, the methods of UPX (UCL, "n2b_d.c" and so on).
 * @returns the number of bytes that were read
 * @throws Error where it is damaged; the output has what comes before
 */
export function decompressNrv(data: Uint8Array, output: Output, variant: NrvVariant, unit: NrvUnit = 32): number {
  let at = 0;
  let held = 0;
  let bits = 0;

  function byte(): number {
    const value = data[at];
    if (value === undefined) throw new Error('the compressed data is truncated');
    at += 1;
    return value;
  }

  function bit(): number {
    if (bits === 0) {
      held = 0;
      for (let shift = 0; shift < unit; shift += 8) held |= byte() << shift;
      bits = unit;
    }
    bits -= 1;
    return (held >>> bits) & 1;
  }

  function longNumber(first: number): number {
    let value = first;
    for (let count = 0; count < maxBits; count += 1) {
      value = value * 2 + bit();
      if (bit() === 1) return value;
    }
    throw new Error('a number is too long');
  }

  function offset(): number {
    if (variant === 'b') return longNumber(1);
    let value = 1;
    for (let count = 0; count < maxBits; count += 1) {
      value = value * 2 + bit();
      if (bit() === 1) return value;
      value = (value - 1) * 2 + bit();
    }
    throw new Error('a number is too long');
  }

  let lastDistance = 1;
  for (;;) {
    while (bit() === 1) output.push(byte());
    let distance = offset();
    let length = 0;
    if (distance === 2) {
      distance = lastDistance;
      if (variant !== 'b') length = bit();
    } else {
      distance = (distance - 3) * 256 + byte();
      if (distance === endOffset) return at;
      if (variant !== 'b') {
        length = (distance & 1) ^ 1;
        distance = Math.floor(distance / 2);
      }
      distance += 1;
      lastDistance = distance;
    }
    if (variant === 'e') {
      if (length === 1) length = 1 + bit();
      else if (bit() === 1) length = 3 + bit();
      else length = longNumber(1) + 3;
    } else {
      length = variant === 'b' ? bit() * 2 + bit() : length * 2 + bit();
      if (length === 0) length = longNumber(1) + 2;
    }
    if (distance > (variant === 'b' ? 0xd00 : 0x500)) length += 1;
    output.repeat(distance, length + 1);
  }
}
