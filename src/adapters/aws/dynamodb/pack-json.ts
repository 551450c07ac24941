import { promisify } from 'node:util';
import { gunzipSync, gzip, gzipSync } from 'node:zlib';

const compress = promisify(gzip);
const level = 6;

/**
 * UTF-16 code units that are compressed at once, which takes less than a millisecond. A stream in
 * another thread takes ten times the CPU time of one object's entry.
 */
const mostAtOnce = 16 * 1024;
/** Bytes. Larger than the result for one object. */
const chunkSize = 1024;

/** Encodes a value as the bytes of an attribute: compressed JSON. */
export async function packJson(value: unknown): Promise<Uint8Array> {
  const json = JSON.stringify(value);
  return json.length <= mostAtOnce ? gzipSync(json, { level, chunkSize }) : compress(json, { level });
}

/** Decodes the output of `packJson`; parse the result with a schema. */
export function unpackJson(bytes: unknown): unknown {
  if (!(bytes instanceof Uint8Array)) throw new TypeError('The attribute holds no bytes.');
  return JSON.parse(gunzipSync(bytes).toString());
}
