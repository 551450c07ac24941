import { promisify } from 'node:util';
import { gunzipSync, gzip } from 'node:zlib';

const compress = promisify(gzip);

/** Encodes a value as the bytes of an attribute: compressed JSON. */
export async function packJson(value: unknown): Promise<Uint8Array> {
  return compress(JSON.stringify(value), { level: 6 });
}

/** Decodes the output of `packJson`; parse the result with a schema. */
export function unpackJson(bytes: unknown): unknown {
  if (!(bytes instanceof Uint8Array)) throw new TypeError('The attribute holds no bytes.');
  return JSON.parse(gunzipSync(bytes).toString());
}
