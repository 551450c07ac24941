import { createInventoryReader } from '../../../src/adapters/aws/s3/s3-inventory.ts';
import type { ObjectContent } from '../../../src/domain/objects/object.ts';
import { inventoryParquet } from '../../../src/testing/s3/inventory-parquet.ts';
import {
  csvSchema,
  inventoryCsv,
  inventoryManifest,
  inventoryRows,
  parquetSchema,
} from '../../../src/testing/s3/s3-inventory-files.ts';
import { type FuzzTarget, require } from '../fuzz-target.ts';
import { readJson, textAt } from '../mutate/tree.ts';

const csv = inventoryCsv(inventoryRows);
const [parquet] = inventoryParquet;
const columns = ['Bucket', 'Key', 'VersionId', 'IsLatest', 'IsDeleteMarker', 'Size', 'LastModifiedDate', 'ETag'];
const maxPages = 20;

/** A manifest, and listings from it that start anywhere. */
export const target: FuzzTarget = {
  name: 'inventory-manifest',
  of: ['src/adapters/aws/s3/s3-inventory.ts', 'src/adapters/aws/s3/inventory/manifest.ts'],
  syntax: 'json',
  seeds: () => [
    inventoryManifest(
      [
        { key: 'a.csv.gz', content: csv },
        { key: 'b.csv.gz', content: csv },
      ],
      { fileFormat: 'CSV', fileSchema: csvSchema },
    ),
    inventoryManifest([{ key: 'a.parquet', content: parquet }], { fileFormat: 'Parquet', fileSchema: parquetSchema }),
    JSON.stringify({
      cursor: '0123456789abcdef 0 1',
      creationTimestamp: 1,
      sourceBucket: 'corpus',
      destinationBucket: 'arn:aws:s3:::corpus',
    }),
  ],
  words: [
    ...columns,
    columns.join(', '),
    'cursor',
    'CSV',
    'Parquet',
    'ORC',
    'message s3.inventory { optional int64 size; }',
    'MD5checksum',
    'files',
  ],
  async run(input) {
    const key = 'x/manifest.json';
    const contents = new Map<string, Uint8Array<ArrayBuffer>>([[key, new Uint8Array(input)]]);
    const info = (of: string) => ({
      bucket: 'corpus',
      key: of,
      version: 'v1',
      size: contents.get(of)?.length ?? 0,
      arrivedAt: '2026-01-01T00:00:00.000Z',
    });
    const read = async ({ key: of }: { readonly key: string }): Promise<ObjectContent> => {
      const bytes = contents.get(of) ?? new Uint8Array(of.includes('parquet') ? parquet : csv);
      return { ...info(of), size: bytes.length, bytes, metadata: {} };
    };
    const store = { bucket: 'corpus', head: async ({ key: of }: { readonly key: string }) => info(of), read };
    const inventory = await createInventoryReader({ store, manifestKey: key, versioned: true });
    require(!Number.isNaN(Date.parse(inventory.completeBefore)), 'an inventory says until when it is complete');
    const cursor = textAt(readJson(input.toString()), 'cursor');
    let after: string | null = cursor === '' ? null : cursor.replace(/^\S*/, inventory.id);
    let listed = 0;
    for (let page = 0; page < maxPages; page += 1) {
      const { objects, next } = await inventory.list({ after, limit: 3 });
      require(objects.length <= 3, 'a page is not longer than its limit');
      listed += objects.length;
      after = next;
      if (next === null) return `${Math.min(listed, 30)} listed`;
    }
    return 'many';
  },
};
