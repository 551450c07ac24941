import { createHash } from 'node:crypto';
import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import * as z from 'zod';
import { DamagedSegment } from '../domain/scans/segment.ts';
import type { ContentFilter } from './content-filter.ts';
import { gramHashId } from './gram-hash.ts';
import type { IndexedObject } from './indexed-object.ts';
import { encodeHashes, encodeStarts } from './segment-facts.ts';
import { encodeObjects } from './segment-objects.ts';
import { fromRows, toRows } from './transpose.ts';

/**
 * A segment of the index: a file that is never changed. First the filters, transposed: for each
 * size of filters a matrix with a row for each bit and a column for each content, so that a query
 * reads only the rows of its grams. Then sections, each compressed: the SHA-256 of each block of the
 * matrices, the facts of the columns, their objects, and the names of the objects. A query reads those
 * that it needs. At the end a directory with the place and the SHA-256 of each section.
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
/** Bytes of the SHA-256 of a block. */
export const digestBytes = 32;

/** Version of the stored form. Segments of another one cannot be read. */
export const segmentForm = 'rearview.index/3';

/** What is in the columns, in the order of the file. */
const sectionNames = ['digests', 'hashes', 'starts', 'owners', 'objects'] as const;
export type SectionName = (typeof sectionNames)[number];

const sectionSchema = z.object({ offset: z.number(), bytes: z.number(), plainBytes: z.number(), sha256: z.string() });
const directorySchema = z.object({
  form: z.literal(segmentForm),
  grams: z.literal(gramHashId),
  groups: z.array(z.object({ size: z.number(), columns: z.number(), offset: z.number() })),
  columns: z.number(),
  count: z.number(),
  buckets: z.array(z.string()),
  sections: z.record(z.enum(sectionNames), sectionSchema),
});
export type Section = z.infer<typeof sectionSchema>;

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
  readonly columns: number;
  /** Objects. */
  readonly count: number;
  readonly buckets: readonly string[];
  readonly sections: Readonly<Record<SectionName, Section>>;
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
  const facts = columns.map(({ content }) => content.facts);
  const { buckets, bytes: list } = encodeObjects(objects);
  const plain: Readonly<Record<SectionName, Uint8Array>> = {
    digests: Buffer.concat(blockDigests(body)),
    hashes: encodeHashes(facts),
    starts: encodeStarts(facts),
    owners: new Uint8Array(Uint32Array.from(columns, ({ owner }) => owner).buffer),
    objects: list,
  };
  let offset = bodyBytes;
  const sections: Partial<Record<SectionName, Section>> = {};
  const stored = sectionNames.map((name) => {
    const bytes = zstdCompressSync(plain[name]);
    sections[name] = { offset, bytes: bytes.length, plainBytes: plain[name].length, sha256: digest(bytes) };
    offset += bytes.length;
    return bytes;
  });
  const directory = { form: segmentForm, grams: gramHashId, groups, columns: columns.length };
  const end = zstdCompressSync(JSON.stringify({ ...directory, count: objects.length, buckets, sections }));
  const bytes = new Uint8Array(offset + end.length);
  let at = 0;
  for (const part of [body, ...stored, end]) {
    bytes.set(part, at);
    at += part.length;
  }
  body.buffer.transfer(0);
  return { name: digest(end), bytes, endOffset: offset };
}

/**
 * Reads the end of a segment.
 * @throws DamagedSegment if it is not the end of this segment; Error if it has another form
 */
export function decodeEnd(name: string, end: Uint8Array): SegmentDirectory {
  if (digest(end) !== name) throw new DamagedSegment('its end is damaged');
  const parsed = directorySchema.safeParse(JSON.parse(zstdDecompressSync(end).toString('utf8')));
  if (!parsed.success) throw new Error('another version wrote it');
  const directory = parsed.data;
  let firstColumn = 0;
  const groups = directory.groups.map((group) => {
    firstColumn += group.columns;
    return { ...group, firstColumn: firstColumn - group.columns };
  });
  return { ...directory, groups };
}

/**
 * Returns a section as it is stored.
 * @throws DamagedSegment
 */
export function verifySection(name: SectionName, { sha256 }: Section, stored: Uint8Array): Uint8Array {
  if (digest(stored) !== sha256) throw new DamagedSegment(`its ${name} are damaged`);
  return stored;
}

/** Decodes a section that was verified. Its offset in the buffer is a multiple of eight. */
export function decodeSection({ plainBytes }: Section, stored: Uint8Array): Uint8Array {
  // With a byte to spare, a second buffer is not made.
  const plain = zstdDecompressSync(stored, { chunkSize: Math.max(64, plainBytes + 1) });
  return plain.byteOffset % 8 === 0 ? plain : Uint8Array.from(plain);
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

function digest(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
