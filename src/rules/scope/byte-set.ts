/** A set of byte values: bit n stands for the value n. */
export type ByteSet = bigint;

export const everyByte: ByteSet = (1n << 256n) - 1n;
const single: readonly ByteSet[] = Array.from({ length: 256 }, (_, value) => 1n << BigInt(value));

/** Returns the set of one value. */
export function byteSet(value: number): ByteSet {
  return single[value] ?? 0n;
}

/** Returns the value, and the same ASCII letter in the other case. */
export function eitherCase(value: number): ByteSet {
  const upper = value & ~0x20;
  const isLetter = value < 0x80 && upper >= 0x41 && upper <= 0x5a;
  return isLetter ? byteSet(upper) | byteSet(upper | 0x20) : byteSet(value);
}

/**
 * Returns the values of a byte of a hex pattern: two digits in upper case, `?` for any, `~` in
 * front for all others.
 */
export function hexByteSet(text: string): ByteSet {
  const known = hexSets.get(text) ?? readHexByte(text);
  hexSets.set(text, known);
  return known;
}

/** A few hundred texts are all there are. */
const hexSets = new Map<string, ByteSet>();

function readHexByte(text: string): ByteSet {
  const isNegated = text.startsWith('~');
  const [high = '?', low = '?'] = isNegated ? text.slice(1) : text;
  const digits = (digit: string) =>
    digit === '?' ? Array.from({ length: 16 }, (_, each) => each) : [Number.parseInt(digit, 16)];
  let set = 0n;
  for (const left of digits(high)) for (const right of digits(low)) set |= byteSet(left * 16 + right);
  return isNegated ? everyByte & ~set : set;
}

/** Returns whether every value of one set is in the other. */
export function isSubset(part: ByteSet, whole: ByteSet): boolean {
  return part === whole || (part & whole) === part;
}

/** Returns the number of values in a set. */
export function sizeOf(set: ByteSet): number {
  const known = sizes.get(set) ?? countBits(set);
  if (sizes.size < maxSizes) sizes.set(set, known);
  return known;
}

const sizes = new Map<ByteSet, number>();
const maxSizes = 10_000;

function countBits(set: ByteSet): number {
  let size = 0;
  for (let rest = set; rest !== 0n; rest &= rest - 1n) size += 1;
  return size;
}

/** Returns the values of a set, ascending. */
export function valuesOf(set: ByteSet): readonly number[] {
  return single.flatMap((each, value) => ((set & each) === 0n ? [] : [value]));
}
