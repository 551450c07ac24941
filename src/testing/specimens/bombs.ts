import { crc32, deflateRawSync, gzipSync } from 'node:zlib';
import { buildTar } from './build-tar.ts';
import { buildZip, centralHeader, directory, localHeader } from './build-zip.ts';

const mebibyte = 1024 * 1024;

/** Zips in zips: each level has several copies of the next. */
export function nestedZip(levels: number, copies: number): Buffer {
  let content: Uint8Array = Buffer.from('the core');
  for (let level = levels; level > 0; level -= 1) {
    content = buildZip(Array.from({ length: copies }, (_, copy) => ({ name: `${level}-${copy}.zip`, content })));
  }
  return Buffer.from(content);
}

/**
 * Many local headers with the same data: the extra field of each covers the headers after it. After
 * https://www.bamsoftware.com/hacks/zipbomb/.
 */
export function overlappingZip(members: number, bytesEach: number): Buffer {
  const content = Buffer.alloc(bytesEach);
  const data = deflateRawSync(content, { level: 9 });
  const fields = { flags: 0, method: 8, crc: crc32(content), packed: data.length, size: content.length };
  const names = Array.from({ length: members }, (_, index) => String(index).padStart(5, '0'));
  const length = localHeader({ name: '00000', ...fields }).length;
  const locals = names.map((name, index) => {
    const header = localHeader({ name, ...fields });
    header.writeUInt16LE(length * (members - 1 - index), 28);
    return header;
  });
  const central = names.map((name, index) => centralHeader({ name, at: index * length, ...fields }));
  const body = Buffer.concat([...locals, data]);
  return Buffer.concat([body, directory(central, body.length)]);
}

export function emptyMembersZip(members: number): Buffer {
  return buildZip(Array.from({ length: members }, (_, index) => ({ name: `${index}`, content: '', isStored: true })));
}

/** A member of zeros that claims to have one byte, or almost 4 GiB. */
export function lyingZip(bytes: number, size: number): Buffer {
  const lie = { size };
  return buildZip([
    { name: 'large', content: Buffer.alloc(bytes), local: lie, central: lie },
    { name: 'small', content: 'after it' },
  ]);
}

/** A gzip of many members of zeros. */
export function longGzip(members: number): Buffer {
  const one = gzipSync(Buffer.alloc(mebibyte), { level: 9 });
  return Buffer.concat(Array.from({ length: members }, () => one));
}

/** Blocks of one repeated byte: https://www.rfc-editor.org/rfc/rfc8878#section-3.1.1.2. */
export function repeatingZstd(blocks: number): Buffer {
  const block = (isLast: boolean) => {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32LE((isLast ? 1 : 0) | (1 << 1) | (131_072 << 3));
    return bytes;
  };
  const all = Array.from({ length: blocks }, (_, index) => block(index === blocks - 1));
  return Buffer.concat([Buffer.from('28b52ffd0038', 'hex'), ...all]);
}

/** Sizes that are negative, or larger than anything. */
export function wrongTars(): readonly Buffer[] {
  const small = { name: 'small', content: 'a small member' };
  const huge = Buffer.from('8000000000007fffffffffff', 'hex');
  const negative = Buffer.alloc(12, 0xff);
  return ['77777777777\0', huge, negative].map((size) => buildTar([small, { name: 'wrong', content: 'wrong', size }]));
}

/** A name that is said to have 4 GiB, and a member that is. */
export function wrongCpios(): readonly Buffer[] {
  const hex = (value: number) => value.toString(16).padStart(8, '0');
  const header = (size: number, name: number) => {
    const fields = [1, 0o100644, 0, 0, 1, 0, size, 0, 0, 0, 0, name, 0].map(hex);
    return Buffer.from(`070701${fields.join('')}`);
  };
  const tail = Buffer.from('name\0\0content');
  return [Buffer.concat([header(7, 0xffff_ffff), tail]), Buffer.concat([header(0xffff_ffff, 5), tail])];
}

/** An lzma with a dictionary of 1 GiB. */
export function hugeDictionary(): Buffer {
  const header = Buffer.alloc(13, 0xff);
  header.writeUInt8(0x5d, 0);
  header.writeUInt32LE(1024 * mebibyte, 1);
  return Buffer.concat([header, Buffer.alloc(64)]);
}

/** A tar of folders, which hold nothing. */
export function foldersTar(folders: number): Buffer {
  return buildTar(Array.from({ length: folders }, (_, index) => ({ name: `${index}/`, content: '', type: '5' })));
}

/** A PDF with streams that zlib refuses at once. */
export function damagedPdf(streams: number): Buffer {
  const objects = Array.from(
    { length: streams },
    (_, index) =>
      `${index + 1} 0 obj\n<</Filter/FlateDecode/Length 6>>\nstream\n\0\x01{\x1c${index % 10}\n\nendstream\nendobj\n`,
  );
  return Buffer.from(`%PDF-1.4\n${objects.join('')}trailer<</Root 1 0 R>>\n%%EOF\n`, 'latin1');
}

/** A zip with members that zlib refuses at once, and a good one behind them. */
export function damagedZip(members: number): Buffer {
  const damaged = Array.from({ length: members }, (_, index) => ({
    name: `damaged ${index}`,
    content: Buffer.from(`\x07\xff\xff${index}`, 'latin1'),
    ...{ isStored: true, local: { method: 8 }, central: { method: 8 } },
  }));
  return buildZip([...damaged, { name: 'good', content: 'found behind them' }]);
}
