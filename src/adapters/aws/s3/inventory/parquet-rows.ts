import { parquetScan } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { messageOf, RearviewError } from '../../../../domain/errors.ts';
import { type DataFile, damaged, type InventoryRow } from './inventory-row.ts';

/**
 * Rows of a group decoded at a time. Fewer take longer, because preceding rows of the group are
 * skipped again each time.
 */
const rowsAtATime = 50_000;
const names = ['key', 'version_id', 'is_latest', 'is_delete_marker', 'size', 'last_modified_date', 'e_tag'] as const;
type Name = (typeof names)[number];

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
/**
 * Like the default, but exact: the default accepts text that is not UTF-8, and drops U+FEFF at the
 * start of a key.
 */
const parsers = { stringFromBytes: (bytes: Uint8Array | undefined) => bytes && decoder.decode(bytes) };

/**
 * Reads the rows of a Parquet file, in which keys are not encoded. Only the needed columns are
 * decoded, in parts of a row group, so that memory does not grow with the groups.
 *
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/storage-inventory.html
 * @throws RearviewError `ERR_CONFIG` if the file is damaged
 */
export async function* readParquetRows(
  { name, columns, bytes }: DataFile,
  from: number,
): AsyncGenerator<readonly InventoryRow[], void, undefined> {
  const wanted = names.filter((each) => columns.includes(each));
  try {
    const file = { byteLength: bytes.length, slice: (start: number, end?: number) => bytes.buffer.slice(start, end) };
    const scan = await parquetScan({ file, columns: [...wanted], compressors, parsers, geoparquet: false });
    for (const range of scan.ranges) {
      for (let at = Math.max(from, range.rowStart); at < range.rowEnd; at += rowsAtATime) {
        const [rowStart, rowEnd] = [at, Math.min(range.rowEnd, at + rowsAtATime)];
        const data = new Map<Name, ArrayLike<unknown>>();
        for (const column of wanted) data.set(column, await scan.readColumn({ column, rowStart, rowEnd }));
        const rowOf = rowReader(name, data, rowStart);
        yield Array.from({ length: rowEnd - rowStart }, (_, index) => rowOf(rowStart + index));
      }
    }
  } catch (error) {
    if (error instanceof RearviewError) throw error;
    throw damaged(name, messageOf(error), undefined, error);
  }
}

/** @throws RearviewError while reading, if a value does not have the type of its column */
function rowReader(
  file: string,
  data: ReadonlyMap<Name, ArrayLike<unknown>>,
  start: number,
): (row: number) => InventoryRow {
  return (row) => {
    const value = (column: Name): unknown => data.get(column)?.[row - start] ?? null;
    const wrong = (column: Name) => damaged(file, `${column} is a ${typeof value(column)}`, row);
    const text = (column: Name): string | null => {
      const found = value(column);
      if (found !== null && typeof found !== 'string') throw wrong(column);
      return found === '' ? null : found;
    };
    const truth = (column: Name): boolean | null => {
      const found = value(column);
      if (found !== null && typeof found !== 'boolean') throw wrong(column);
      return found;
    };
    const size = value('size');
    if (size !== null && typeof size !== 'bigint' && typeof size !== 'number') throw wrong('size');
    const modified = value('last_modified_date');
    if (modified !== null && !(modified instanceof Date)) throw wrong('last_modified_date');
    return {
      ...{ key: text('key') ?? '', versionId: text('version_id'), etag: text('e_tag') },
      ...{ isLatest: truth('is_latest'), isDeleteMarker: truth('is_delete_marker') },
      ...{ size: size === null ? null : Number(size), modified },
    };
  };
}
