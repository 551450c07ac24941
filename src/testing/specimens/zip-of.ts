import { crc32, deflateRawSync } from 'node:zlib';

/** A zip with these members, by name. `method` 0 stores them, 8 deflates them. Default: 0. */
export function zipOf(
  members: Readonly<Record<string, string | Uint8Array>>,
  method: 0 | 8 = 0,
): Uint8Array<ArrayBuffer> {
  const locals: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const [name, content] of Object.entries(members)) {
    const bytes = Buffer.from(content);
    const packed = method === 0 ? bytes : deflateRawSync(bytes);
    const path = Buffer.from(name);
    // Flag 11: the name is UTF-8.
    const common = [20, 0x0800, method, 0, 0x21];
    const sizes = [crc32(bytes), packed.length, bytes.length];
    const local = Buffer.concat([
      Buffer.from('PK\x03\x04'),
      words(...common),
      longs(...sizes),
      words(path.length, 0),
      path,
      packed,
    ]);
    const entry = [words(20, ...common), longs(...sizes), words(path.length, 0, 0, 0, 0), longs(0, offset), path];
    directory.push(Buffer.concat([Buffer.from('PK\x01\x02'), ...entry]));
    locals.push(local);
    offset += local.length;
  }
  const index = Buffer.concat(directory);
  const count = directory.length;
  const end = Buffer.concat([
    Buffer.from('PK\x05\x06'),
    words(0, 0, count, count),
    longs(index.length, offset),
    words(0),
  ]);
  return new Uint8Array(Buffer.concat([...locals, index, end]));
}

function words(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(2 * values.length);
  for (const [at, value] of values.entries()) bytes.writeUInt16LE(value, 2 * at);
  return bytes;
}

function longs(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(4 * values.length);
  for (const [at, value] of values.entries()) bytes.writeUInt32LE(value, 4 * at);
  return bytes;
}
