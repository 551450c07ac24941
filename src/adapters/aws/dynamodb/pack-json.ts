import { promisify } from 'node:util';
import { gunzipSync, gzip } from 'node:zlib';

const compress = promisify(gzip);

/** A value as the bytes of an attribute: JSON, compressed. */
export async function packJson(value: unknown): Promise<Uint8Array> {
  return compress(JSON.stringify(value), { level: 6 });
}

/** What `packJson` packed; to be parsed by a schema. */
export function unpackJson(bytes: unknown): unknown {
  if (!(bytes instanceof Uint8Array)) throw new TypeError('The attribute holds no bytes.');
  return JSON.parse(gunzipSync(bytes).toString());
}
