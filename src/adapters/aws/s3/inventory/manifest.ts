import { createHash } from 'node:crypto';
import * as z from 'zod';
import { messageOf, RearviewError } from '../../../../domain/errors.ts';
import { checkShape, describeIssues } from '../../../../domain/text/check-shape.ts';
import type { ObjectReader } from '../../../../ports/object-store.ts';

/** A manifest of some 10,000 files. */
const maxManifestBytes = 16 * 2 ** 20;

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/storage-inventory-location.html */
const manifestSchema = z.object({
  sourceBucket: z.string(),
  /** An ARN. */
  destinationBucket: z.string(),
  /** Milliseconds since 1970, within the range of a date. */
  creationTimestamp: z.coerce.number().int().nonnegative().max(8_640_000_000_000_000),
  fileFormat: z.string(),
  fileSchema: z.string(),
  files: z.array(
    z.object({
      key: z.string().min(1),
      size: z.number().int().nonnegative(),
      MD5checksum: z.string().regex(/^[0-9a-f]{32}$/i),
    }),
  ),
});

export interface InventoryFile {
  readonly key: string;
  /** Bytes. */
  readonly size: number;
  /** Lower-case hex. */
  readonly md5: string;
}

export interface Manifest {
  /** Bucket and key, for messages. */
  readonly name: string;
  /** Identifies this manifest uniquely. Lower-case hex. */
  readonly id: string;
  readonly sourceBucket: string;
  /** ISO 8601 in UTC. */
  readonly createdAt: string;
  readonly format: 'CSV' | 'Parquet';
  /** In the order of the file, with the names of the format. */
  readonly columns: readonly string[];
  readonly files: readonly InventoryFile[];
}

/**
 * @param options.versioned whether to list every version
 * @throws RearviewError `ERR_CONFIG` if it is not a manifest, is of another bucket, or its
 *   inventory lacks what a listing needs; otherwise as `ObjectReader.read`
 */
export async function readManifest(
  store: Pick<ObjectReader, 'bucket' | 'head' | 'read'>,
  { key, versioned }: { readonly key: string; readonly versioned: boolean },
): Promise<Manifest> {
  const name = `${store.bucket}/${key}`;
  const { bytes } = await store.read(await store.head({ key }), { maxBytes: maxManifestBytes });
  const parsed = checkShape(manifestSchema, parseJson(name, new TextDecoder().decode(bytes)));
  if (!parsed.success) throw unusable(name, `is not a manifest.json of S3 Inventory: ${describeIssues(parsed.error)}`);
  const { sourceBucket, destinationBucket, creationTimestamp, fileFormat, fileSchema, files } = parsed.data;
  if (!destinationBucket.endsWith(`:${store.bucket}`)) {
    throw unusable(
      name,
      `lists files in ${destinationBucket}, not in ${store.bucket}: read it from its original location`,
    );
  }
  const format = formatOf(name, fileFormat);
  const columns = format === 'CSV' ? csvColumns(fileSchema) : parquetColumns(fileSchema);
  requireColumns(name, { format, columns, versioned });
  return {
    ...{ name, sourceBucket, format, columns },
    id: createHash('sha256').update(bytes).digest('hex').slice(0, 16),
    createdAt: new Date(creationTimestamp).toISOString(),
    files: files.map(({ key: file, size, MD5checksum }) => ({ key: file, size, md5: MD5checksum.toLowerCase() })),
  };
}

function parseJson(name: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw unusable(name, `is not JSON: ${messageOf(cause)}`, cause);
  }
}

function formatOf(name: string, format: string): Manifest['format'] {
  if (format === 'CSV' || format === 'Parquet') return format;
  const advice =
    'set the output format of the inventory configuration to CSV or Apache Parquet, and wait for the next one';
  throw unusable(name, `lists files in the unsupported format ${format}: ${advice}`);
}

/** Such as `Bucket, Key, Size`. */
function csvColumns(schema: string): readonly string[] {
  return schema.split(',').map((each) => each.trim());
}

/** Such as `message s3.inventory { required binary key (UTF8); optional int64 size; }`. */
function parquetColumns(schema: string): readonly string[] {
  return [...schema.matchAll(/\b(?:required|optional)\s+\w+\s+(\w+)/g)].map(([, name = '']) => name);
}

/** Required fields, by their names in the inventory configuration, in CSV and in Parquet. */
const always = [
  ['Key', 'Key', 'key'],
  ['Size', 'Size', 'size'],
  ['Last modified', 'LastModifiedDate', 'last_modified_date'],
  ['ETag', 'ETag', 'e_tag'],
] as const;
const allVersions = [
  ['VersionId', 'VersionId', 'version_id'],
  ['IsDeleteMarker', 'IsDeleteMarker', 'is_delete_marker'],
] as const;

function requireColumns(
  name: string,
  { format, columns, versioned }: { format: Manifest['format']; columns: readonly string[]; versioned: boolean },
): void {
  const missing = ([, csv, parquet]: readonly [string, string, string]) =>
    !columns.includes(format === 'CSV' ? csv : parquet);
  const fields = always.filter(missing).map(([field]) => field);
  if (fields.length > 0) {
    throw unusable(name, `lacks ${fields.join(', ')}: add these fields to the inventory configuration`);
  }
  if (versioned && allVersions.some(missing)) {
    const advice = 'include all object versions in the inventory configuration, or list the bucket itself';
    throw unusable(name, `has only current versions and no version ids, but every version must be listed: ${advice}`);
  }
}

function unusable(name: string, why: string, cause?: unknown): RearviewError {
  return new RearviewError('ERR_CONFIG', `The inventory manifest ${name} ${why}.`, { cause });
}
