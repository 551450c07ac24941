import * as z from 'zod';
import { RearviewError } from '../../../domain/errors.ts';
import { type ObjectInfo, passesFilter } from '../../../domain/objects/object.ts';
import { formatS3Url } from '../../../domain/objects/s3-url.ts';
import type { Inventory } from '../../../ports/inventory.ts';
import type { ObjectPage, ObjectReader } from '../../../ports/object-store.ts';
import { readCsvRows } from './inventory/csv-rows.ts';
import { fetchDataFile } from './inventory/data-file.ts';
import { damaged, type InventoryRow, type ReadRows } from './inventory/inventory-row.ts';
import { type Manifest, readManifest } from './inventory/manifest.ts';
import { arrivedAtOf, objectVersion } from './s3-version.ts';

/**
 * An inventory may lack objects that arrived shortly before it was started; S3 does not specify the
 * time. A multipart upload appears with its last part, but counts as modified when it was started.
 * A large margin costs nothing: later objects are searched in the whole bucket.
 */
const lagMs = 7 * 24 * 60 * 60 * 1000;

const readers: Readonly<Record<Manifest['format'], ReadRows>> = {
  CSV: readCsvRows,
  async *Parquet(file, from) {
    // Loaded on demand: its decoders take time and memory, and are rarely needed.
    const { readParquetRows } = await import('./inventory/parquet-rows.ts');
    yield* readParquetRows(file, from);
  },
};

export interface InventoryOptions {
  /** Reads the bucket that the inventory was written to. */
  readonly store: Pick<ObjectReader, 'bucket' | 'head' | 'read'>;
  /** Key of `manifest.json`. */
  readonly manifestKey: string;
  /**
   * Whether to list all versions, like the S3 object store with the same option. Default: false,
   * the latest of each key.
   */
  readonly versioned?: boolean;
  /** Maximum size of a data file in bytes; it is held in memory, compressed. Default: 512 MiB. */
  readonly maxFileBytes?: number;
  /**
   * Maximum number of rows that one page examines for the filter. A page never takes long, and may
   * be empty. Default: 100,000.
   */
  readonly maxRowsPerPage?: number;
}

/**
 * Lists a bucket from the manifest of an S3 Inventory in CSV or Parquet. It needs the fields size,
 * last modified and ETag, and for all versions an inventory of all versions. It lists archived
 * objects and leaves out delete markers. It holds one data file at a time.
 *
 * `next` of a page identifies this manifest, file and row. Continuing where the last page ended
 * costs nothing; starting elsewhere loads the data file again.
 *
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/storage-inventory.html
 * @throws RearviewError as `readManifest`
 */
export async function createInventoryReader(options: InventoryOptions): Promise<Inventory> {
  const { store, manifestKey, versioned = false, maxFileBytes = 512 * 2 ** 20, maxRowsPerPage = 100_000 } = options;
  const manifest = await readManifest(store, { key: manifestKey, versioned });
  /** The end of the last page, with the file open. The page that continues there takes it. */
  let left: OpenFile | null = null;

  async function openAt({ file, row }: Position): Promise<OpenFile | null> {
    const kept = left;
    left = null;
    if (kept !== null && kept.file === file && kept.row === row) return kept;
    await kept?.rows.return();
    const listed = manifest.files[file];
    if (listed === undefined) return null;
    const data = await fetchDataFile(store, manifest, { file: listed, maxBytes: maxFileBytes });
    return { file, row, name: data.name, rows: readers[manifest.format](data, row), chunk: [], at: 0 };
  }

  async function list({ filter = {}, after, limit }: Parameters<ObjectReader['list']>[0]): Promise<ObjectPage> {
    const start = after === null ? { file: 0, row: 0 } : parseCursor(manifest, after);
    const objects: ObjectInfo[] = [];
    let open = await openAt(start);
    for (let passed = 0; open !== null && objects.length < limit && passed < maxRowsPerPage; ) {
      const row = open.chunk[open.at];
      if (row === undefined) {
        const more: IteratorResult<readonly InventoryRow[], void> = await open.rows.next();
        if (more.done !== true) Object.assign(open, { chunk: more.value, at: 0 });
        else {
          // The finished file makes room for the next.
          const file: number = open.file + 1;
          open = null;
          open = await openAt({ file, row: 0 });
        }
        continue;
      }
      const object = objectOf(row, { bucket: manifest.sourceBucket, versioned, file: open.name, number: open.row });
      open.at += 1;
      open.row += 1;
      passed += 1;
      if (object !== null && passesFilter(object, filter)) objects.push(object);
    }
    if (open === null) return { objects, problems: [], next: null };
    left = open;
    return { objects, problems: [], next: `${manifest.id} ${open.file} ${open.row}` };
  }

  const { id, sourceBucket: bucket, createdAt } = manifest;
  const completeBefore = new Date(Math.max(0, Date.parse(createdAt) - lagMs)).toISOString();
  const name = formatS3Url({ bucket: store.bucket, key: manifestKey, version: null });
  return { name, id, bucket, createdAt, completeBefore, list };
}

interface Position {
  readonly file: number;
  /** Rows of the file that are done. */
  readonly row: number;
}

interface OpenFile {
  readonly file: number;
  readonly name: string;
  readonly rows: ReturnType<ReadRows>;
  row: number;
  chunk: readonly InventoryRow[];
  /** Position of `row` in `chunk`. */
  at: number;
}

const cursorSchema = z.tuple([
  z.string(),
  z.coerce.number().int().nonnegative(),
  z.coerce.number().int().nonnegative(),
]);

function parseCursor(manifest: Manifest, after: string): Position {
  const parsed = cursorSchema.safeParse(after.split(' '));
  if (!parsed.success || parsed.data[0] !== manifest.id) {
    const text = `Cannot continue the listing at ${after.slice(0, 80)}: this position is not from the inventory ${manifest.name}.`;
    throw new RearviewError('ERR_CONFIG', `${text} Continue with its original inventory, or start again.`);
  }
  return { file: parsed.data[1], row: parsed.data[2] };
}

/** Null for rows that are not listed. */
function objectOf(
  row: InventoryRow,
  { bucket, versioned, file, number }: { bucket: string; versioned: boolean; file: string; number: number },
): ObjectInfo | null {
  const { key, versionId, isLatest, isDeleteMarker, size, modified, etag } = row;
  if (isDeleteMarker === true || (!versioned && isLatest === false)) return null;
  const sound = size !== null && Number.isSafeInteger(size) && size >= 0;
  if (key === '' || !sound || etag === null || modified === null || Number.isNaN(modified.getTime())) {
    throw damaged(file, 'the key, size, ETag or time is missing or wrong', number);
  }
  const version = objectVersion({ etag, ...(versioned && versionId !== null ? { versionId } : {}) });
  return { bucket, key, version, size, arrivedAt: arrivedAtOf(modified) };
}
