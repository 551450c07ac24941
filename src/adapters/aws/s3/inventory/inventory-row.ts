import { RearviewError } from '../../../../domain/errors.ts';

/**
 * One row of an inventory in any format. A field is null if the inventory has no such column, or
 * the row no value.
 */
export interface InventoryRow {
  readonly key: string;
  readonly versionId: string | null;
  readonly isLatest: boolean | null;
  readonly isDeleteMarker: boolean | null;
  /** Bytes. */
  readonly size: number | null;
  readonly modified: Date | null;
  readonly etag: string | null;
}

/** One data file of an inventory in memory, as stored in S3. */
export interface DataFile {
  /** Bucket and key, for messages. */
  readonly name: string;
  /** Columns as the manifest names them, in their order. */
  readonly columns: readonly string[];
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** Reads the rows of a data file in chunks, starting at the given one (the first is 0). */
export type ReadRows = (file: DataFile, from: number) => AsyncGenerator<readonly InventoryRow[], void, undefined>;

/** @param row its number, the first is 0 */
export function damaged(file: string, why: string, row?: number, cause?: unknown): RearviewError {
  const where = row === undefined ? '' : ` in row ${row + 1}`;
  return new RearviewError(
    'ERR_CONFIG',
    `The inventory file ${file} is damaged${where}: ${why}. Use another inventory, or list the bucket itself.`,
    { cause },
  );
}
