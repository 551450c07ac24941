import { deflateSync } from 'node:zlib';

const sector = 512;
const types = { zlib: 0x8000_0005, end: 0xffff_ffff } as const;

/**
 * Writes a disk image of macOS with one compressed partition:
 * https://newosxbook.com/DMG.html
 */
export function buildDmg(partition: Uint8Array): Buffer {
  const data = deflateSync(partition);
  const sectors = partition.length / sector;
  const table = Buffer.alloc(204 + 2 * 40);
  table.write('mish\0\0\0\x01');
  table.writeBigUInt64BE(BigInt(sectors), 16);
  table.writeUInt32BE(2, 200);
  for (const [index, [type, from, length]] of (
    [
      [types.zlib, 0, data.length],
      [types.end, sectors, 0],
    ] as const
  ).entries()) {
    const at = 204 + index * 40;
    table.writeUInt32BE(type, at);
    table.writeBigUInt64BE(BigInt(from), at + 8);
    table.writeBigUInt64BE(BigInt(type === types.zlib ? sectors : 0), at + 16);
    table.writeBigUInt64BE(BigInt(type === types.zlib ? 0 : data.length), at + 24);
    table.writeBigUInt64BE(BigInt(length), at + 32);
  }
  const list = Buffer.from(
    `<?xml version="1.0" encoding="UTF-8"?><plist version="1.0"><dict><key>resource-fork</key><dict><key>blkx</key><array><dict><key>Attributes</key><string>0x0050</string><key>Data</key><data>${table.toString('base64')}</data><key>ID</key><string>0</string><key>Name</key><string>disk image</string></dict></array></dict></dict></plist>`,
  );
  const trailer = Buffer.alloc(sector);
  trailer.write('koly\0\0\0\x04\0\0\x02\0\0\0\0\x01', 0, 'latin1');
  trailer.writeBigUInt64BE(BigInt(data.length), 32);
  trailer.writeUInt32BE(1, 56);
  trailer.writeUInt32BE(1, 60);
  trailer.writeBigUInt64BE(BigInt(data.length), 216);
  trailer.writeBigUInt64BE(BigInt(list.length), 224);
  trailer.writeUInt32BE(1, 488);
  trailer.writeBigUInt64BE(BigInt(sectors), 492);
  return Buffer.concat([data, list, trailer]);
}
