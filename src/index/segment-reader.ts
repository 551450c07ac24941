import { DamagedSegment, type Segment } from '../domain/scans/segment.ts';
import type { Facts } from '../rules/requirement/facts.ts';
import type { ContentFilter } from './content-filter.ts';
import type { StoredObjects } from './objects-cache.ts';
import {
  blockBytes,
  blockDigest,
  decodeEnd,
  decodeSection,
  digestBytes,
  filtersOf,
  matrixBytes,
  rowBytes,
  type SectionName,
  type SegmentDirectory,
  type SegmentGroup,
  verifySection,
} from './segment.ts';
import { createFactsView } from './segment-facts.ts';
import { decodeObjects, type SegmentObjects } from './segment-objects.ts';

/**
 * Reads bytes of a segment.
 * @param options.exactly whether none near them will be read next. Default: false
 */
export type ReadRange = (start: number, length: number, options?: { readonly exactly: boolean }) => Promise<Uint8Array>;

/**
 * A segment whose end was verified. What it reads later is verified, too, and each of these throws
 * an error if it cannot be read: `DamagedSegment` if it is damaged.
 */
export interface SegmentReader extends Pick<SegmentDirectory, 'groups' | 'columns' | 'count'> {
  /** The objects, by their place in the segment. */
  objects(): Promise<SegmentObjects>;
  /** The objects as they are stored, which is less. */
  storedObjects(): Promise<StoredObjects>;
  /** For each column, the place of its object. */
  owners(): Promise<Uint32Array>;
  /**
   * Returns a function that shows the facts of a column, in the same object each time.
   * @param options.hashes whether hashes are read, too; without them they count as not known
   */
  facts(options: { readonly hashes: boolean }): Promise<(column: number) => Facts>;
  /** The contents of a group that have this bit set, a bit for each column. */
  row(group: SegmentGroup, bit: number): Promise<Uint8Array>;
  /** The filters of a group, in the order of its columns. */
  filters(group: SegmentGroup): Promise<readonly ContentFilter[]>;
  /** Reads and verifies everything. */
  verify(): Promise<void>;
  /** Frees the memory of what was read. It is read again when it is needed; objects are kept. */
  forget(): void;
  /** Bytes and rows read so far. */
  readonly bytesRead: number;
  readonly rowsRead: number;
}

/** Blocks that are kept. */
const maxBlocks = 2048;
/**
 * Bytes before the end that are read with it, for each object and for each segment: most often that
 * is the section of the objects, which then needs no request of its own.
 */
const readAhead = { object: 24, segment: 1024 };

/** @throws Error if the end cannot be read; `DamagedSegment` if it is damaged */
export async function openSegment(
  { name, endOffset, size, objects: listed }: Pick<Segment, 'name' | 'endOffset' | 'size' | 'objects'>,
  readRange: ReadRange,
): Promise<SegmentReader> {
  let bytesRead = 0;
  let rowsRead = 0;
  const readBytes = async (start: number, length: number, exactly: boolean): Promise<Uint8Array> => {
    const bytes = await readRange(start, length, { exactly });
    bytesRead += bytes.length;
    return bytes;
  };
  const tailOffset = Math.max(0, endOffset - listed * readAhead.object - readAhead.segment);
  let tail: Uint8Array | null = await readBytes(tailOffset, size - tailOffset, true);
  const directory = decodeEnd(name, tail.subarray(endOffset - tailOffset));
  const { groups, columns, count, buckets, sections } = directory;
  const bodyBytes = sections.digests.offset;
  const decoded = new Map<SectionName, Promise<Uint8Array>>();
  const blocks = new Map<number, Promise<Uint8Array>>();

  const readSection = async (wanted: SectionName): Promise<Uint8Array> => {
    const { offset, bytes } = sections[wanted];
    const from = offset - tailOffset;
    const found = from < 0 || tail === null ? null : Uint8Array.from(tail.subarray(from, from + bytes));
    return verifySection(wanted, sections[wanted], found ?? (await readBytes(offset, bytes, true)));
  };
  const section = (wanted: SectionName): Promise<Uint8Array> => {
    const known = decoded.get(wanted) ?? readSection(wanted).then((bytes) => decodeSection(sections[wanted], bytes));
    decoded.set(wanted, known);
    return known;
  };
  const readStored = async (): Promise<StoredObjects> => {
    const bytes = await readSection('objects');
    tail = null;
    const { plainBytes } = sections.objects;
    return { count, plainBytes, decode: () => decodeObjects(buckets, count, decodeSection(sections.objects, bytes)) };
  };
  let stored: Promise<StoredObjects> | undefined;
  const storedObjects = (): Promise<StoredObjects> => {
    stored ??= readStored();
    return stored;
  };
  let objects: Promise<SegmentObjects> | undefined;

  const readBlock = async (index: number): Promise<Uint8Array> => {
    const start = index * blockBytes;
    const [digests, block] = await Promise.all([
      section('digests'),
      readBytes(start, Math.min(blockBytes, bodyBytes - start), false),
    ]);
    if (!blockDigest(block).equals(digests.subarray(index * digestBytes, (index + 1) * digestBytes)))
      throw new DamagedSegment(`block ${index} is damaged`);
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
    ...{ groups, columns, count },
    objects() {
      objects ??= storedObjects().then((each) => each.decode());
      return objects;
    },
    storedObjects,
    async owners() {
      const { buffer, byteOffset } = await section('owners');
      return new Uint32Array(buffer, byteOffset, columns);
    },
    async facts({ hashes }) {
      const [starts, hashBytes] = await Promise.all([section('starts'), hashes ? section('hashes') : null]);
      return createFactsView(columns, starts, hashBytes);
    },
    async row({ size: filterSize, columns: width, offset }, bit) {
      rowsRead += 1;
      const length = rowBytes(width);
      if (length > 0) return read(offset + bit * length, length);
      const filterBytes = 2 ** filterSize / 8;
      let row = 0;
      for (let column = 0; column < width; column += 1) {
        const [byte = 0] = await read(offset + column * filterBytes + (bit >>> 3), 1);
        row |= ((byte >>> (bit & 7)) & 1) << column;
      }
      return Uint8Array.of(row);
    },
    async filters(group) {
      const matrix = new Uint8Array(matrixBytes(group.size, group.columns));
      for (let at = 0; at < matrix.length; at += blockBytes)
        matrix.set(await read(group.offset + at, Math.min(blockBytes, matrix.length - at)), at);
      const filters = filtersOf(group, matrix);
      matrix.buffer.transfer(0);
      return filters;
    },
    async verify() {
      for (const each of Object.keys(sections) as SectionName[]) await section(each);
      for (let index = 0; index * blockBytes < bodyBytes; index += 1) await readBlock(index);
    },
    forget() {
      tail = null;
      decoded.clear();
      blocks.clear();
    },
    get bytesRead() {
      return bytesRead;
    },
    get rowsRead() {
      return rowsRead;
    },
  };
}
