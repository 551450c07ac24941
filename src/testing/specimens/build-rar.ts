import { crc32 } from 'node:zlib';

/** A file of a rar. No free tool writes rars; members are stored. */
export interface RarMember {
  readonly name: string;
  readonly content: string | Uint8Array;
}

/** Writes a rar of version 4: https://www.rarlab.com/technote.htm of 2005. */
export function buildRar(members: readonly RarMember[]): Buffer {
  const files = members.flatMap(({ name, content }) => {
    const data = Buffer.from(content);
    const fields = Buffer.alloc(25);
    fields.writeUInt32LE(data.length, 0);
    fields.writeUInt32LE(data.length, 4);
    fields.writeUInt8(3, 8);
    fields.writeUInt32LE(crc32(data), 9);
    fields.writeUInt32LE(0x5a21_0000, 13);
    fields.writeUInt8(20, 17);
    fields.writeUInt8(0x30, 18);
    fields.writeUInt16LE(Buffer.byteLength(name), 19);
    fields.writeUInt32LE(0o100644, 21);
    return [block(0x74, 0x8000, Buffer.concat([fields, Buffer.from(name)])), data];
  });
  const main = block(0x73, 0, Buffer.alloc(6));
  return Buffer.concat([
    Buffer.from('Rar!\x1a\x07\x00', 'latin1'),
    main,
    ...files,
    block(0x7b, 0x4000, Buffer.alloc(0)),
  ]);
}

function block(type: number, flags: number, fields: Buffer): Buffer {
  const header = Buffer.alloc(7);
  header.writeUInt8(type, 2);
  header.writeUInt16LE(flags, 3);
  header.writeUInt16LE(header.length + fields.length, 5);
  const all = Buffer.concat([header, fields]);
  all.writeUInt16LE(crc32(all.subarray(2)) & 0xffff, 0);
  return all;
}

/** Writes a rar of version 5: https://www.rarlab.com/technote.htm. */
export function buildRar5(members: readonly RarMember[]): Buffer {
  const files = members.flatMap(({ name, content }) => {
    const data = Buffer.from(content);
    const checksum = Buffer.alloc(4);
    checksum.writeUInt32LE(crc32(data));
    const attributes = 0o100644;
    const fields = [vint(0x04), vint(data.length), vint(attributes), checksum, vint(0), vint(1), vint(name.length)];
    return [block5(2, 2, [vint(data.length), ...fields, Buffer.from(name)]), data];
  });
  const magic = Buffer.from('Rar!\x1a\x07\x01\x00', 'latin1');
  return Buffer.concat([magic, block5(1, 0, [vint(0)]), ...files, block5(5, 0, [vint(0)])]);
}

function block5(type: number, flags: number, fields: readonly Buffer[]): Buffer {
  const header = Buffer.concat([vint(type), vint(flags), ...fields]);
  const sized = Buffer.concat([vint(header.length), header]);
  const checksum = Buffer.alloc(4);
  checksum.writeUInt32LE(crc32(sized));
  return Buffer.concat([checksum, sized]);
}

/** Seven bits a byte, the lowest first. */
function vint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 0x7f; rest = Math.floor(rest / 128)) bytes.push((rest & 0x7f) | 0x80);
  return Buffer.from([...bytes, rest]);
}
