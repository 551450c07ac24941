import { createHash } from 'node:crypto';
import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { z } from 'zod';
import type { ObjectRef } from '../domain/objects/object.ts';
import { type Facts, headBytes } from '../rules/requirement/facts.ts';
import type { ContentFilter } from './content-filter.ts';
import { gramHashId } from './gram-hash.ts';
import { type IndexedObject, unknownFacts } from './indexed-object.ts';
import { fromRows, toRows } from './transpose.ts';

/**
 * A segment of the index: a file that is never changed. First the filters, transposed: for each
 * size of filters a matrix with a row for each bit and a column for each content, so that a query
 * reads only the rows of its grams. Then, compressed, what is in the columns: objects, facts, and
 * the SHA-256 of each block of the matrices.
 */
export interface EncodedSegment {
  /** Lower-case hex SHA-256 of the end, which has the digests of the rest. */
  readonly name: string;
  /** The memory is its own. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Where the end begins. */
  readonly endOffset: number;
}

/** Bytes that are read and checked at a time. */
export const blockBytes = 16 * 1024;
/** With fewer contents of one size, a row would be mostly empty: the filters stay as they are. */
export const fewestColumnsInRows = 8;

const form = 'rearview.index/2';
const factsBytes = 1 + 8 + 1 + headBytes + 16 + 32;

const directorySchema = z.object({
  form: z.literal(form),
  grams: z.literal(gramHashId),
  groups: z.array(z.object({ size: z.number(), columns: z.number(), offset: z.number() })),
  objects: z.number(),
  columns: z.number(),
  /** Bytes of the list of objects, which is JSON. */
  listBytes: z.number(),
});
/** Bucket, key, version, size. The digest of the end vouches for what is in it. */
type StoredObject = readonly [string, string, string, number];

/** The contents whose filters have one size. Columns are numbered over all groups. */
export interface SegmentGroup {
  /** Filters have `2 ** size` bits. */
  readonly size: number;
  readonly columns: number;
  readonly firstColumn: number;
  /** Of its matrix, in bytes. */
  readonly offset: number;
}

export interface SegmentDirectory {
  readonly groups: readonly SegmentGroup[];
  readonly objects: readonly (ObjectRef & { readonly size: number })[];
  /** For each column, the index of its object. */
  readonly owners: Uint32Array;
  /** The facts of a column, until the next call: a query looks at those of thousands. */
  readonly factsOf: (column: number) => Facts;
  /** SHA-256 of each block of the matrices. */
  readonly digests: readonly Uint8Array[];
}

/** Writes objects into a segment. */
export function encodeSegment(objects: readonly IndexedObject[]): EncodedSegment {
  const columns = objects
    .flatMap(({ contents }, owner) => contents.map((content) => ({ owner, content })))
    .sort((a, b) => a.content.filter.size - b.content.filter.size);
  const groups: { size: number; columns: number; offset: number }[] = [];
  const bySize = Map.groupBy(columns, ({ content }) => content.filter.size);
  let bodyBytes = 0;
  for (const [size, { length }] of bySize) {
    groups.push({ size, columns: length, offset: bodyBytes });
    bodyBytes += matrixBytes(size, length);
  }
  const body = new Uint8Array(bodyBytes);
  for (const { size, offset } of groups) {
    const filters = bySize.get(size)?.map(({ content }) => content.filter.bits) ?? [];
    writeMatrix(filters, body.subarray(offset, offset + matrixBytes(size, filters.length)));
  }
  const stored = objects.map(({ bucket, key, version, size }): StoredObject => [bucket, key, version, size]);
  const list = Buffer.from(JSON.stringify(stored));
  const directory: z.infer<typeof directorySchema> = {
    ...{ form, grams: gramHashId, groups },
    ...{ objects: objects.length, columns: columns.length, listBytes: list.length },
  };
  const json = Buffer.from(JSON.stringify(directory));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(json.length);
  const owners = Buffer.from(Uint32Array.from(columns, ({ owner }) => owner).buffer);
  const facts = columns.map(({ content }) => encodeFacts(content.facts));
  const end = zstdCompressSync(Buffer.concat([length, json, list, owners, ...facts, ...blockDigests(body)]));
  const name = createHash('sha256').update(end).digest('hex');
  const bytes = new Uint8Array(body.length + end.length);
  bytes.set(body);
  bytes.set(end, body.length);
  body.buffer.transfer(0);
  return { name, bytes, endOffset: bodyBytes };
}

/**
 * Reads the end of a segment.
 * @throws Error if it is not the end of this segment
 */
export function decodeEnd(name: string, end: Uint8Array): SegmentDirectory {
  if (createHash('sha256').update(end).digest('hex') !== name) throw new Error('its end is damaged');
  const plain = zstdDecompressSync(end);
  const jsonEnd = 4 + plain.readUInt32LE(0);
  const directory = directorySchema.parse(JSON.parse(plain.toString('utf8', 4, jsonEnd)));
  const { groups, columns, listBytes } = directory;
  const listEnd = jsonEnd + listBytes;
  const ownersEnd = listEnd + columns * 4;
  const factsEnd = ownersEnd + columns * factsBytes;
  const stored: readonly StoredObject[] = JSON.parse(plain.toString('utf8', jsonEnd, listEnd));
  const facts = createFactsView(plain);
  let firstColumn = 0;
  return {
    groups: groups.map((group) => {
      firstColumn += group.columns;
      return { ...group, firstColumn: firstColumn - group.columns };
    }),
    objects: stored.map(([bucket, key, version, size]) => ({ bucket, key, version, size })),
    // A copy: the place in the buffer may not be a multiple of four.
    owners: new Uint32Array(Uint8Array.from(plain.subarray(listEnd, ownersEnd)).buffer),
    factsOf: (column) => facts(ownersEnd + column * factsBytes),
    digests: Array.from({ length: (plain.length - factsEnd) / 32 }, (_, index) =>
      plain.subarray(factsEnd + index * 32, factsEnd + (index + 1) * 32),
    ),
  };
}

/** The number of bytes of a row; 0 where filters stay as they are. */
export function rowBytes(columns: number): number {
  return columns < fewestColumnsInRows ? 0 : Math.ceil(columns / 8);
}

/** The bytes of the matrix of a group. */
export function matrixBytes(size: number, columns: number): number {
  return rowBytes(columns) === 0 ? (2 ** size / 8) * columns : 2 ** size * rowBytes(columns);
}

function writeMatrix(filters: readonly Uint32Array[], matrix: Uint8Array): void {
  const bytes = filters.map((bits) => new Uint8Array(bits.buffer, bits.byteOffset, bits.byteLength));
  const width = rowBytes(filters.length);
  if (width > 0) toRows(bytes, matrix, width);
  else for (const [column, each] of bytes.entries()) matrix.set(each, column * each.length);
}

/** The filters of a matrix. */
export function filtersOf({ size, columns }: SegmentGroup, matrix: Uint8Array): readonly ContentFilter[] {
  const length = 2 ** size / 8;
  const width = rowBytes(columns);
  const filters = Array.from({ length: columns }, () => new Uint8Array(length));
  if (width > 0) fromRows(matrix, width, filters);
  else
    for (const [column, bytes] of filters.entries()) bytes.set(matrix.subarray(column * length, (column + 1) * length));
  return filters.map((bytes) => ({ size, bits: new Uint32Array(bytes.buffer) }));
}

function blockDigests(body: Uint8Array): readonly Uint8Array[] {
  return Array.from({ length: Math.ceil(body.length / blockBytes) }, (_, index) =>
    blockDigest(body.subarray(index * blockBytes, (index + 1) * blockBytes)),
  );
}

export function blockDigest(block: Uint8Array): Buffer {
  return createHash('sha256').update(block).digest();
}

/** First which of them are known: 1 for size, head and SHA-256, and 2 for the MD5. */
function encodeFacts({ size, head, md5, sha256 }: Facts): Uint8Array {
  const bytes = Buffer.alloc(factsBytes);
  if (size === null || head === null || sha256 === null) return bytes;
  bytes.writeUInt8(md5 === null ? 1 : 3, 0);
  bytes.writeDoubleLE(size, 1);
  bytes.writeUInt8(head.length, 9);
  bytes.set(head, 10);
  const at = 10 + headBytes;
  bytes.write(md5 ?? '', at, 'hex');
  bytes.write(sha256, at + 16, 'hex');
  return bytes;
}

/** Returns a function that shows the stored facts at an offset, in the same object each time. */
function createFactsView(bytes: Buffer): (offset: number) => Facts {
  let at = 0;
  const hash = (from: number, to: number) => {
    const start = at + 10 + headBytes;
    return bytes.toString('hex', start + from, start + to);
  };
  const view: Facts = {
    get size() {
      return bytes.readDoubleLE(at + 1);
    },
    get head() {
      return new Uint8Array(bytes.buffer, bytes.byteOffset + at + 10, bytes.readUInt8(at + 9));
    },
    get md5() {
      return ((bytes[at] ?? 0) & 2) === 0 ? null : hash(0, 16);
    },
    get sha256() {
      return hash(16, 48);
    },
  };
  return (offset) => {
    at = offset;
    return ((bytes[offset] ?? 0) & 1) === 1 ? view : unknownFacts;
  };
}
