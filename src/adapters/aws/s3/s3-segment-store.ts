import type { Readable } from 'node:stream';
import {
  CopyObjectCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  type ListObjectsV2CommandOutput,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { hasCode } from '../../../domain/errors.ts';
import { DamagedSegment, parseSegmentFile, type Segment, segmentFile } from '../../../domain/scans/segment.ts';
import type { SegmentStore } from '../../../ports/segment-store.ts';
import { readBody } from './read-body.ts';
import { statusOf, translateS3Error } from './s3-errors.ts';

/** Where segments are in the bucket of artifacts. */
export const segmentPrefix = 'index/segments/';
export const retiredPrefix = 'index/retired/';

/**
 * Bytes that are read with one request: a request takes as long as a million bytes of its response.
 * Queries read rows that are near each other.
 */
const chunkBytes = 1024 ** 2;
/** Chunks that are kept: those of a segment are read by one query after the other. */
const maxChunks = 32;

/** Milliseconds without a byte after which a response counts as broken. */
const stallMs = 30_000;

/**
 * Segments as objects of an S3 bucket, read by ranges. Needs `s3:GetObject`, `s3:PutObject`,
 * `s3:DeleteObject`, and `s3:ListBucket` below `index/`.
 */
export function createS3SegmentStore({
  client,
  bucket,
}: {
  readonly client: S3Client;
  readonly bucket: string;
}): SegmentStore {
  const currentKey = (segment: Segment) => `${segmentPrefix}${segmentFile(segment)}`;
  const retiredKey = (segment: Segment) => `${retiredPrefix}${segmentFile(segment)}`;
  const send = async <T>(key: string, request: () => Promise<T>): Promise<T> => {
    try {
      return await request();
    } catch (error) {
      throw translateS3Error(error, `${bucket}/${key}`);
    }
  };
  const tooShort = () => new DamagedSegment('its file is too short');
  const chunks = new Map<string, Promise<Uint8Array>>();
  const readRange = async (key: string, start: number, length: number): Promise<Uint8Array> => {
    const what = `${bucket}/${key}`;
    const Range = `bytes=${start}-${start + length - 1}`;
    const { Body, ContentLength = 0 } = await send(key, () =>
      client.send(new GetObjectCommand({ Bucket: bucket, Key: key, Range })).catch((error: unknown) => {
        throw statusOf(error) === 416 ? tooShort() : error;
      }),
    );
    if (ContentLength !== length) throw tooShort();
    return readBody(Body as Readable, { what, length, size: length, stallMs });
  };
  const readEither = async (segment: Segment, start: number, length: number): Promise<Uint8Array> => {
    try {
      return await readRange(currentKey(segment), start, length);
    } catch (error) {
      if (!hasCode(error, 'ERR_OBJECT_GONE')) throw error;
      return readRange(retiredKey(segment), start, length);
    }
  };
  /** A chunk of a segment. What could not be read is read again. */
  const readChunk = (segment: Segment, index: number): Promise<Uint8Array> => {
    const key = `${segment.name} ${index}`;
    const start = index * chunkBytes;
    const found = chunks.get(key) ?? readEither(segment, start, Math.min(chunkBytes, segment.size - start));
    chunks.delete(key);
    chunks.set(key, found);
    found.catch(() => chunks.delete(key));
    const oldest = chunks.keys().next();
    if (chunks.size > maxChunks && !oldest.done) chunks.delete(oldest.value);
    return found;
  };
  const list = async (prefix: string) => {
    const found: { readonly segment: Segment; readonly retiredAt: number }[] = [];
    let ContinuationToken: string | undefined;
    do {
      const page: ListObjectsV2CommandOutput = await send(prefix, () =>
        client.send(
          new ListObjectsV2Command({
            ...{ Bucket: bucket, Prefix: prefix },
            ...(ContinuationToken === undefined ? {} : { ContinuationToken }),
          }),
        ),
      );
      for (const { Key: key = '', LastModified: at } of page.Contents ?? []) {
        const segment = parseSegmentFile(key.slice(prefix.length));
        if (segment !== null) found.push({ segment, retiredAt: at?.getTime() ?? Number.POSITIVE_INFINITY });
      }
      ContinuationToken = page.NextContinuationToken;
    } while (ContinuationToken !== undefined);
    return found;
  };

  return {
    async put(segment, bytes) {
      const Key = currentKey(segment);
      await send(Key, () =>
        client.send(new PutObjectCommand({ Bucket: bucket, Key, Body: bytes, ChecksumAlgorithm: 'SHA256' })),
      );
    },
    async read(segment, start, length, { exactly } = { exactly: false }) {
      if (start + length > segment.size) throw tooShort();
      if (exactly && length > 0) return readEither(segment, start, length);
      const bytes = new Uint8Array(length);
      for (let at = start; at < start + length; ) {
        const index = Math.floor(at / chunkBytes);
        const chunk = await readChunk(segment, index);
        const part = chunk.subarray(at - index * chunkBytes, start + length - index * chunkBytes);
        bytes.set(part, at - start);
        at += part.length;
      }
      return bytes;
    },
    list: async () => (await list(segmentPrefix)).map(({ segment }) => segment),
    async retire(segment) {
      const Key = currentKey(segment);
      try {
        await send(Key, () =>
          client.send(
            new CopyObjectCommand({
              ...{ Bucket: bucket, Key: retiredKey(segment), CopySource: `${bucket}/${Key}` },
              // It has none, and to look for them needs a permission.
              TaggingDirective: 'REPLACE',
            }),
          ),
        );
      } catch (error) {
        if (hasCode(error, 'ERR_OBJECT_GONE')) return;
        throw error;
      }
      await send(Key, () => client.send(new DeleteObjectCommand({ Bucket: bucket, Key })));
    },
    listRetired: () => list(retiredPrefix),
    async remove(segment) {
      const Key = retiredKey(segment);
      await send(Key, () => client.send(new DeleteObjectCommand({ Bucket: bucket, Key })));
    },
  };
}
