import { readParquetRows } from '../../../src/adapters/aws/s3/inventory/parquet-rows.ts';
import { inventoryParquet } from '../../../src/testing/s3/inventory-parquet.ts';
import { type FuzzTarget, require } from '../fuzz-target.ts';

const columns = ['key', 'version_id', 'is_latest', 'is_delete_marker', 'size', 'last_modified_date', 'e_tag'];
const maxRows = 100_000;

/** A file yields rows, or is damaged. */
export const target: FuzzTarget = {
  name: 'inventory-parquet',
  of: ['src/adapters/aws/s3/inventory/parquet-rows.ts'],
  syntax: 'bytes',
  seeds: () => inventoryParquet,
  words: ['PAR1', 'key', 'schema', '\x15\x04', '\x19\x1c', '\xff\xff\xff\xff\x0f', '\x00\x00\x00\x00'],
  async run(input) {
    let rows = 0;
    for await (const some of readParquetRows({ name: 'a', columns, bytes: new Uint8Array(input) }, 0)) {
      for (const { size, modified } of some)
        require(size === null || typeof size === 'number' || modified === null, 'a size is a number');
      rows += some.length;
      if (rows > maxRows) return 'many rows';
    }
    return `${Math.min(rows, 10)} rows`;
  },
};
