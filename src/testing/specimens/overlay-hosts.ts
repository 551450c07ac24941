import { crc32, deflateSync } from 'node:zlib';

/** Small executables and images, complete enough for a reader of their structure. */
export const overlayHosts: Readonly<Record<'pe' | 'elf' | 'elf32' | 'png' | 'jpeg' | 'gif', Buffer>> = {
  pe: pe(),
  elf: elf(),
  elf32: elf32(),
  png: png(),
  jpeg: Buffer.from(
    // APP0, an embedded thumbnail with an end mark, and a scan with stuffed bytes and a restart mark.
    `ffd8ffe000104a46494600010100000100010000ffe10008ffd8ffd9aaaaffda00040101${'12ff0034ffd056'}ffd9`,
    'hex',
  ),
  gif: Buffer.from('47494638396101000100800000000000ffffff21f90401000000002c00000000010001000002024401003b', 'hex'),
};

/** A Windows program with one section. `signature` is what its table of certificates covers. */
export function pe(signature = 0): Buffer {
  const bytes = Buffer.alloc(0x400 + signature, 1);
  bytes.fill(0, 0, 0x200);
  bytes.write('MZ');
  bytes.writeUInt32LE(0x40, 0x3c);
  bytes.write('PE\0\0', 0x40);
  bytes.writeUInt16LE(0x8664, 0x44);
  bytes.writeUInt16LE(1, 0x46);
  bytes.writeUInt16LE(240, 0x54);
  bytes.writeUInt16LE(0x20b, 0x58);
  if (signature > 0) {
    bytes.writeUInt32LE(0x400, 0x58 + 112 + 32);
    bytes.writeUInt32LE(signature, 0x58 + 112 + 36);
  }
  bytes.write('.text', 0x148);
  bytes.writeUInt32LE(0x200, 0x148 + 16);
  bytes.writeUInt32LE(0x200, 0x148 + 20);
  return bytes;
}

function elf(): Buffer {
  const bytes = Buffer.alloc(0x100);
  bytes.write('\x7fELF\x02\x01\x01', 'latin1');
  bytes.writeBigUInt64LE(0x40n, 32);
  bytes.writeUInt16LE(56, 54);
  bytes.writeUInt16LE(1, 56);
  bytes.writeBigUInt64LE(0x80n, 0x40 + 8);
  bytes.writeBigUInt64LE(0x80n, 0x40 + 32);
  return bytes;
}

/** Big-endian, of 32 bits, with sections only. */
function elf32(): Buffer {
  const bytes = Buffer.alloc(0x100);
  bytes.write('\x7fELF\x01\x02\x01', 'latin1');
  bytes.writeUInt32BE(0x40, 32);
  bytes.writeUInt16BE(40, 46);
  bytes.writeUInt16BE(2, 48);
  bytes.writeUInt32BE(0x90, 0x40 + 16);
  bytes.writeUInt32BE(0x70, 0x40 + 20);
  // A section without bytes in the file.
  bytes.writeUInt32BE(8, 0x68 + 4);
  bytes.writeUInt32BE(0x1000, 0x68 + 20);
  return bytes;
}

function png(): Buffer {
  const chunk = (type: string, data: Buffer) => {
    const bytes = Buffer.alloc(12 + data.length);
    bytes.writeUInt32BE(data.length);
    bytes.write(type, 4);
    bytes.set(data, 8);
    bytes.writeUInt32BE(crc32(bytes.subarray(4, 8 + data.length)), 8 + data.length);
    return bytes;
  };
  const header = Buffer.from('00000001000000010800000000', 'hex');
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(Buffer.alloc(2))),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}
