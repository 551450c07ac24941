import { createGunzip } from 'node:zlib';
import { messageOf, RearviewError } from '../../../../domain/errors.ts';
import { safeJson } from '../../../../domain/text/safe-json.ts';
import { decodeFormKey } from '../form-key.ts';
import { type DataFile, damaged, type InventoryRow } from './inventory-row.ts';
import { createCsvParser } from './parse-csv.ts';

/** Bytes decompressed at a time. */
const chunkSize = 256 * 1024;

/**
 * Reads the rows of a gzipped CSV file, which has no header and form-encoded keys. It is
 * decompressed while it is read, so that only the compressed file and a piece of the text are in
 * memory.
 *
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/storage-inventory.html
 * @throws RearviewError `ERR_CONFIG` if the file is damaged
 */
export async function* readCsvRows(
  file: DataFile,
  from: number,
): AsyncGenerator<readonly InventoryRow[], void, undefined> {
  const rowOf = rowReader(file);
  const gunzip = createGunzip({ chunkSize });
  gunzip.end(file.bytes);
  const parser = createCsvParser();
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  let read = 0;
  function* rowsOf(records: readonly (readonly string[])[]): Generator<readonly InventoryRow[]> {
    const skipped = Math.max(0, Math.min(records.length, from - read));
    const first = read + skipped;
    read += records.length;
    if (skipped < records.length) yield records.slice(skipped).map((record, index) => rowOf(record, first + index));
  }
  try {
    for await (const chunk of gunzip as AsyncIterable<Uint8Array>) {
      yield* rowsOf(parser.push(decoder.decode(chunk, { stream: true })));
    }
    yield* rowsOf([...parser.push(decoder.decode()), ...parser.end()]);
  } catch (error) {
    if (error instanceof RearviewError) throw error;
    throw damaged(file.name, messageOf(error), undefined, error);
  } finally {
    gunzip.destroy();
  }
}

/** @throws RearviewError while reading, if a record does not fit its columns */
function rowReader({ name, columns }: DataFile): (record: readonly string[], row: number) => InventoryRow {
  const places = {
    key: columns.indexOf('Key'),
    versionId: columns.indexOf('VersionId'),
    isLatest: columns.indexOf('IsLatest'),
    isDeleteMarker: columns.indexOf('IsDeleteMarker'),
    size: columns.indexOf('Size'),
    modified: columns.indexOf('LastModifiedDate'),
    etag: columns.indexOf('ETag'),
  };
  return (record, row) => {
    if (record.length !== columns.length) {
      throw damaged(name, `it has ${record.length} fields instead of ${columns.length}`, row);
    }
    const field = (column: keyof typeof places) => record[places[column]] || null;
    const key = decodeFormKey(field('key') ?? '');
    if (key === null) throw damaged(name, `the key ${safeJson(field('key'))} is not form-encoded UTF-8`, row);
    const [size, modified] = [field('size'), field('modified')];
    return {
      ...{ key, versionId: field('versionId'), etag: field('etag') },
      isLatest: truth(field('isLatest')),
      isDeleteMarker: truth(field('isDeleteMarker')),
      size: size === null ? null : Number(size),
      modified: modified === null ? null : new Date(modified),
    };
  };
}

function truth(text: string | null): boolean | null {
  return text === null ? null : text.toLowerCase() === 'true';
}
