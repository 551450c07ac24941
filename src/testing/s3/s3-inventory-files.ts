import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { encodeS3Key } from './s3-events.ts';

/** The row of an inventory for one version of an object. */
export interface TestRow {
  readonly key: string;
  /** Null for a delete marker. */
  readonly body: string | null;
  /** Null for an object that was stored before the bucket kept versions. */
  readonly versionId: string | null;
  readonly isLatest: boolean;
  readonly storageClass?: string;
  /** Bytes. Default: the size of `body`. */
  readonly size?: number;
  /** ISO 8601 in UTC. Default: `rowsModified`. */
  readonly modified?: string;
}

/**
 * All versions of a bucket. The first seven are those of a store that counts its versions from
 * `v0000`.
 */
export const inventoryRows: readonly TestRow[] = [
  { key: 'a b+c%20/ü.txt', body: 'one', versionId: 'v0000', isLatest: false },
  { key: 'a b+c%20/ü.txt', body: 'two', versionId: 'v0001', isLatest: true },
  { key: '\ufeffbom', body: 'bom', versionId: 'v0002', isLatest: true },
  { key: 'x/deleted', body: 'gone', versionId: 'v0003', isLatest: false },
  { key: 'x/deleted', body: null, versionId: 'v0004', isLatest: true },
  {
    key: '\u{1f600}/new\nline',
    body: 'smile',
    versionId: 'v0005',
    isLatest: true,
    storageClass: 'INTELLIGENT_TIERING',
  },
  { key: 'archived', body: 'cold', versionId: 'v0006', isLatest: true, storageClass: 'GLACIER' },
  { key: 'before-versions', body: 'before', versionId: null, isLatest: true },
];

/** The default time of the last modification of a row. */
export const rowsModified = '2026-01-02T03:04:05.678Z';

/** The columns of a CSV inventory of all versions, in an order that S3 uses. */
export const csvSchema =
  'Bucket, Key, VersionId, IsLatest, IsDeleteMarker, Size, LastModifiedDate, ETag, StorageClass, EncryptionStatus';
/** The columns of a CSV inventory of only the current versions. */
export const csvSchemaOfCurrent = 'Bucket, Key, Size, LastModifiedDate, ETag, StorageClass';
export const parquetSchema =
  'message s3.inventory { required binary bucket (UTF8); required binary key (UTF8); optional binary version_id (UTF8); optional boolean is_latest; ' +
  'optional boolean is_delete_marker; optional int64 size; optional int64 last_modified_date (TIMESTAMP_MILLIS); optional binary e_tag (UTF8); ' +
  'optional binary storage_class (UTF8); }';

export function md5Of(content: string | Uint8Array): string {
  return createHash('md5').update(content).digest('hex');
}

/**
 * A data file in CSV as S3 writes it: gzipped, without a header, every field quoted, keys
 * form-encoded.
 */
export function inventoryCsv(rows: readonly TestRow[], schema = csvSchema): Buffer {
  const lines = rows.map(
    ({ key, body, versionId, isLatest, storageClass = 'STANDARD', modified = rowsModified, size }) => {
      const fields: Readonly<Record<string, string>> = {
        Bucket: 'corpus',
        Key: encodeS3Key(key),
        VersionId: versionId ?? '',
        IsLatest: String(isLatest),
        IsDeleteMarker: String(body === null),
        Size: body === null ? '' : String(size ?? Buffer.byteLength(body)),
        LastModifiedDate: modified,
        ETag: body === null ? '' : md5Of(body),
        StorageClass: body === null ? '' : storageClass,
        EncryptionStatus: body === null ? '' : 'SSE-S3',
      };
      return `${schema
        .split(', ')
        .map((column) => `"${fields[column] ?? ''}"`)
        .join(',')}\n`;
    },
  );
  return gzipSync(lines.join(''));
}

/**
 * The text of a `manifest.json`:
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/storage-inventory-location.html
 */
export function inventoryManifest(
  files: readonly { readonly key: string; readonly content: Uint8Array }[],
  {
    createdAt = '2018-01-03T02:00:00.000Z',
    ...fields
  }: {
    readonly fileFormat: string;
    readonly fileSchema: string;
    readonly createdAt?: string;
    readonly sourceBucket?: string;
    readonly destinationBucket?: string;
  },
): string {
  return JSON.stringify({
    ...{ sourceBucket: 'corpus', destinationBucket: 'arn:aws:s3:::corpus', version: '2016-11-30' },
    creationTimestamp: String(Date.parse(createdAt)),
    ...fields,
    files: files.map(({ key, content }) => ({ key, size: content.length, MD5checksum: md5Of(content) })),
  });
}
