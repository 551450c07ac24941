import type { ContentFilter } from './content-filter.ts';
import {
  blockBytes,
  blockDigest,
  decodeEnd,
  filtersOf,
  matrixBytes,
  rowBytes,
  type SegmentDirectory,
  type SegmentGroup,
} from './segment.ts';

/** Reads bytes of a segment. */
export type ReadRange = (start: number, length: number) => Promise<Uint8Array>;

/** A segment whose end was verified. Every block that it reads is verified, too. */
export interface SegmentReader extends SegmentDirectory {
  /**
   * The contents of a group that have this bit set, a bit for each column.
   * @throws Error if it cannot be read, or is damaged
   */
  row(group: SegmentGroup, bit: number): Promise<Uint8Array>;
  /**
   * The filters of a group, in the order of its columns.
   * @throws Error as `row`
   */
  filters(group: SegmentGroup): Promise<readonly ContentFilter[]>;
  /** Reads and verifies everything. */
  verify(): Promise<void>;
  /** Bytes and rows read so far. */
  readonly bytesRead: number;
  readonly rowsRead: number;
}

/** Blocks that are kept. */
const maxBlocks = 2048;

/** @throws Error if the end cannot be read, or is damaged */
export async function openSegment(
  { name, endOffset, size }: { readonly name: string; readonly endOffset: number; readonly size: number },
  readRange: ReadRange,
): Promise<SegmentReader> {
  const end = await readRange(endOffset, size - endOffset);
  const directory = decodeEnd(name, end);
  const blocks = new Map<number, Promise<Uint8Array>>();
  let bytesRead = end.length;
  let rowsRead = 0;

  const readBlock = async (index: number): Promise<Uint8Array> => {
    const start = index * blockBytes;
    const block = await readRange(start, Math.min(blockBytes, endOffset - start));
    bytesRead += block.length;
    const digest = directory.digests[index];
    if (digest === undefined || !blockDigest(block).equals(digest)) throw new Error(`block ${index} is damaged`);
    return block;
  };
  const block = (index: number): Promise<Uint8Array> => {
    const known = blocks.get(index) ?? readBlock(index);
    blocks.delete(index);
    blocks.set(index, known);
    const oldest = blocks.keys().next();
    if (blocks.size > maxBlocks && !oldest.done) blocks.delete(oldest.value);
    return known;
  };
  const read = async (start: number, length: number): Promise<Uint8Array> => {
    const first = Math.floor(start / blockBytes);
    const found = await block(first);
    const from = start - first * blockBytes;
    if (from + length <= found.length) return found.subarray(from, from + length);
    const bytes = new Uint8Array(length);
    const fits = found.subarray(from);
    bytes.set(fits);
    bytes.set(await read(start + fits.length, length - fits.length), fits.length);
    return bytes;
  };

  return {
    ...directory,
    async row({ size: filterSize, columns, offset }, bit) {
      rowsRead += 1;
      const width = rowBytes(columns);
      if (width > 0) return read(offset + bit * width, width);
      const filterBytes = 2 ** filterSize / 8;
      let row = 0;
      for (let column = 0; column < columns; column += 1) {
        const [byte = 0] = await read(offset + column * filterBytes + (bit >>> 3), 1);
        row |= ((byte >>> (bit & 7)) & 1) << column;
      }
      return Uint8Array.of(row);
    },
    async filters(group) {
      const { size: filterSize, columns, offset } = group;
      const matrix = new Uint8Array(matrixBytes(filterSize, columns));
      for (let at = 0; at < matrix.length; at += blockBytes)
        matrix.set(await read(offset + at, Math.min(blockBytes, matrix.length - at)), at);
      const filters = filtersOf(group, matrix);
      matrix.buffer.transfer(0);
      return filters;
    },
    async verify() {
      for (let index = 0; index < directory.digests.length; index += 1) await readBlock(index);
    },
    get bytesRead() {
      return bytesRead;
    },
    get rowsRead() {
      return rowsRead;
    },
  };
}
