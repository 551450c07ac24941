const eight = { low: 0, high: 0 };

/**
 * Transposes a square of 8 by 8 bits, the first four bytes in `low`, the lowest first: bit `n` of byte
 * `m` and bit `m` of byte `n` change places. The result is the same object each time. Hacker's Delight, 7-3.
 */
function transposeSquare(low: number, high: number): typeof eight {
  let [first, second] = [low, high];
  let swapped = (first ^ (first >>> 7)) & 0x00aa00aa;
  first ^= swapped ^ (swapped << 7);
  swapped = (second ^ (second >>> 7)) & 0x00aa00aa;
  second ^= swapped ^ (swapped << 7);
  swapped = (first ^ (first >>> 14)) & 0x0000cccc;
  first ^= swapped ^ (swapped << 14);
  swapped = (second ^ (second >>> 14)) & 0x0000cccc;
  second ^= swapped ^ (swapped << 14);
  swapped = (first ^ (second << 4)) & 0xf0f0f0f0;
  eight.low = first ^ swapped;
  eight.high = second ^ (swapped >>> 4);
  return eight;
}

/**
 * Writes filters as a matrix: a row for each bit, and in it a bit for each filter.
 * @param filters all of one length, in bytes
 * @param width bytes of a row
 */
export function toRows(filters: readonly Uint8Array[], matrix: Uint8Array, width: number): void {
  const length = filters[0]?.length ?? 0;
  const none = new Uint8Array(length);
  for (let byte = 0; byte < width; byte += 1) {
    const [a, b, c, d, e, f, g, h] = eightOf(filters, byte, none);
    for (let at = 0, row = byte; at < length; at += 1, row += 8 * width) {
      const { low, high } = transposeSquare(
        (a[at] as number) | ((b[at] as number) << 8) | ((c[at] as number) << 16) | ((d[at] as number) << 24),
        (e[at] as number) | ((f[at] as number) << 8) | ((g[at] as number) << 16) | ((h[at] as number) << 24),
      );
      matrix[row] = low;
      matrix[row + width] = low >>> 8;
      matrix[row + 2 * width] = low >>> 16;
      matrix[row + 3 * width] = low >>> 24;
      matrix[row + 4 * width] = high;
      matrix[row + 5 * width] = high >>> 8;
      matrix[row + 6 * width] = high >>> 16;
      matrix[row + 7 * width] = high >>> 24;
    }
  }
}

type Eight = readonly [
  ...[Uint8Array, Uint8Array, Uint8Array, Uint8Array],
  ...[Uint8Array, Uint8Array, Uint8Array, Uint8Array],
];

/** The filters whose bits are in one byte of a row. */
function eightOf(filters: readonly Uint8Array[], byte: number, missing: Uint8Array): Eight {
  const of = (index: number) => filters[byte * 8 + index] ?? missing;
  return [of(0), of(1), of(2), of(3), of(4), of(5), of(6), of(7)];
}

/** Reads filters from a matrix, as `toRows` wrote it. */
export function fromRows(matrix: Uint8Array, width: number, filters: readonly Uint8Array[]): void {
  const length = filters[0]?.length ?? 0;
  const unused = new Uint8Array(length);
  for (let byte = 0; byte < width; byte += 1) {
    const [a, b, c, d, e, f, g, h] = eightOf(filters, byte, unused);
    const of = (row: number) => matrix[row] as number;
    for (let at = 0, row = byte; at < length; at += 1, row += 8 * width) {
      const { low, high } = transposeSquare(
        of(row) | (of(row + width) << 8) | (of(row + 2 * width) << 16) | (of(row + 3 * width) << 24),
        of(row + 4 * width) | (of(row + 5 * width) << 8) | (of(row + 6 * width) << 16) | (of(row + 7 * width) << 24),
      );
      a[at] = low;
      b[at] = low >>> 8;
      c[at] = low >>> 16;
      d[at] = low >>> 24;
      e[at] = high;
      f[at] = high >>> 8;
      g[at] = high >>> 16;
      h[at] = high >>> 24;
    }
  }
}
