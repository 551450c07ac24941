/** Writes an lzh with stored members: https://github.com/jca02266/lha/blob/master/header.doc.md. */
export function buildLzh(members: readonly { readonly name: string; readonly content: string }[]): Buffer {
  const files = members.flatMap(({ name, content }) => {
    const data = Buffer.from(content);
    const header = Buffer.alloc(24 + name.length);
    header.writeUInt8(header.length - 2, 0);
    header.write('-lh0-', 2);
    header.writeUInt32LE(data.length, 7);
    header.writeUInt32LE(data.length, 11);
    header.writeUInt8(0x20, 19);
    header.writeUInt8(name.length, 21);
    header.write(name, 22);
    header.writeUInt16LE(crc16(data), 22 + name.length);
    header.writeUInt8(header.subarray(2).reduce((all, byte) => all + byte, 0) & 0xff, 1);
    return [header, data];
  });
  return Buffer.concat([...files, Buffer.alloc(1)]);
}

function crc16(data: Uint8Array): number {
  let crc = 0;
  for (const byte of data) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc & 1) === 0 ? crc >> 1 : (crc >> 1) ^ 0xa001;
  }
  return crc;
}
