import { gunzipSync, gzipSync } from 'node:zlib';
import { readCsvRows } from '../../../src/adapters/aws/s3/inventory/csv-rows.ts';
import { createCsvParser } from '../../../src/adapters/aws/s3/inventory/parse-csv.ts';
import { csvSchema, inventoryCsv, inventoryRows } from '../../../src/testing/s3/s3-inventory-files.ts';
import { type FuzzTarget, require } from '../fuzz-target.ts';

const columns = csvSchema.split(', ');
const plain = gunzipSync(inventoryCsv(inventoryRows)).toString();

async function readFrom(bytes: Uint8Array<ArrayBuffer>, from: number): Promise<readonly unknown[]> {
  const rows: unknown[] = [];
  for await (const some of readCsvRows({ name: 'a', columns, bytes }, from)) rows.push(...some);
  return rows;
}

/** A file yields the same rows from any start, and the same records in any pieces. */
export const target: FuzzTarget = {
  name: 'inventory-csv',
  of: ['src/adapters/aws/s3/inventory/csv-rows.ts', 'src/adapters/aws/s3/inventory/parse-csv.ts'],
  syntax: 'text',
  seeds: () => [plain, plain.replaceAll('"', ''), '"a""b","c\nd"\r\n,\n', inventoryCsv(inventoryRows)],
  words: ['"', '""', ',', '\n', '\r\n', '\r', '%00', '+', 'true', 'false', '2026-01-02T03:04:05.678Z', '"",', '"a,b"'],
  async run(input) {
    const text = input.toString();
    const inPieces = (size: number): string => {
      const parser = createCsvParser();
      const records: (readonly string[])[] = [];
      for (let at = 0; at < text.length; at += size)
        for (const record of parser.push(text.slice(at, at + size))) records.push(record);
      return JSON.stringify([...records, ...parser.end()]);
    };
    const tried = [7 + Math.floor(text.length / 100), text.length + 1].map((size) => attempt(() => inPieces(size)));
    require(tried.every((each) => each === tried[0]), 'records do not depend on the pieces');
    // A file in S3 is compressed; an invalid compression counts as damage.
    const isPacked = input[0] === 0x1f && input[1] === 0x8b;
    const bytes = new Uint8Array(isPacked ? input : gzipSync(input, { level: 1 }));
    const rows = await readFrom(bytes, 0);
    for (const from of [1, 3])
      require(JSON.stringify(await readFrom(bytes, from)) ===
        JSON.stringify(rows.slice(from)), 'rows do not depend on the start');
    return `${Math.min(rows.length, 3)} rows`;
  },
};

function attempt(read: () => string): string {
  try {
    return read();
  } catch {
    return 'refused';
  }
}
