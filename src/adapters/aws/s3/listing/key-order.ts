/**
 * Compares keys by their UTF-8 bytes, the order of S3. For `toSorted` and similar: negative if `a`
 * comes first.
 */
export function compareKeys(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let index = 0; index < length; index += 1) {
    const difference = rank(a.charCodeAt(index)) - rank(b.charCodeAt(index));
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

/**
 * UTF-16 sorts characters beyond the basic plane, as surrogates, before U+E000 to U+FFFF; UTF-8
 * sorts them after.
 */
function rank(unit: number): number {
  if (unit < 0xd800) return unit;
  return unit < 0xe000 ? unit + 0x2000 : unit - 0x800;
}
