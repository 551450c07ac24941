import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

/** A file that an independent tool has made: `make.py` says how. */
export function readSpecimen(name: string): Buffer {
  const text = readFileSync(new URL(`./${name}.txt`, import.meta.url), 'utf8');
  return gunzipSync(Buffer.from(text, 'base64'));
}
