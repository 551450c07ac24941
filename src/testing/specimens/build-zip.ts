import { crc32, deflateRawSync } from 'node:zlib';

/** A member of a zip, with headers that may lie. */
export interface ZipMember {
  readonly name: string;
  readonly content: string | Uint8Array;
  readonly isStored?: boolean;
  /** Fields of the local header, and of the directory, that differ from the truth. */
  readonly local?: ZipFields;
  readonly central?: ZipFields;
  /** Whether sizes and checksum follow the data. */
  readonly hasDescriptor?: boolean;
  /** Whether the directory leaves it out. */
  readonly isHidden?: boolean;
}

export interface ZipFields {
  readonly name?: string;
  readonly flags?: number;
  readonly method?: number;
  readonly crc?: number;
  readonly packed?: number;
  readonly size?: number;
  readonly at?: number;
}

/** Writes a zip without any library, so that its headers can lie. */
export function buildZip(members: readonly ZipMember[], { comment = '' } = {}): Buffer {
  const parts: Buffer[] = [];
  const central: Buffer[] = [];
  let at = 0;
  const add = (...buffers: readonly Buffer[]): void => {
    for (const each of buffers) at += each.length;
    parts.push(...buffers);
  };
  for (const member of members) {
    const content = Buffer.from(member.content);
    const data = member.isStored === true ? content : deflateRawSync(content);
    const truth = {
      ...{ name: member.name, flags: member.hasDescriptor === true ? 8 : 0, method: member.isStored === true ? 0 : 8 },
      ...{ crc: crc32(content), packed: data.length, size: content.length, at },
    };
    const header = localHeader({ ...truth, ...(member.hasDescriptor === true ? noSizes : {}), ...member.local });
    if (member.isHidden !== true) central.push(centralHeader({ ...truth, ...member.central }));
    add(header, data);
    if (member.hasDescriptor === true) {
      add(Buffer.from('PK\x07\x08', 'latin1'), words(truth.crc, truth.packed, truth.size));
    }
  }
  return Buffer.concat([...parts, directory(central, at, comment)]);
}

const noSizes = { crc: 0, packed: 0, size: 0 };

export function localHeader(fields: Required<Omit<ZipFields, 'at'>>): Buffer {
  const name = Buffer.from(fields.name);
  return Buffer.concat([Buffer.from('PK\x03\x04\x14\x00', 'latin1'), common(fields), halves(name.length, 0), name]);
}

export function centralHeader(fields: Required<ZipFields>): Buffer {
  const name = Buffer.from(fields.name);
  const start = Buffer.from('PK\x01\x02\x14\x00\x14\x00', 'latin1');
  const place = Buffer.concat([halves(name.length, 0, 0, 0, 0), words(0, fields.at)]);
  return Buffer.concat([start, common(fields), place, name]);
}

/** A directory and its end. */
export function directory(central: readonly Buffer[], at: number, comment = ''): Buffer {
  const all = Buffer.concat(central);
  const counts = halves(0, 0, central.length & 0xffff, central.length & 0xffff);
  const end = Buffer.concat([
    Buffer.from('PK\x05\x06', 'latin1'),
    counts,
    words(all.length, at),
    halves(comment.length),
  ]);
  return Buffer.concat([all, end, Buffer.from(comment)]);
}

function common({ flags, method, crc, packed, size }: Required<Omit<ZipFields, 'at'>>): Buffer {
  return Buffer.concat([halves(flags, method), words(0), words(crc, packed, size)]);
}

function halves(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(2 * values.length);
  for (const [index, value] of values.entries()) bytes.writeUInt16LE(value, 2 * index);
  return bytes;
}

function words(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(4 * values.length);
  for (const [index, value] of values.entries()) bytes.writeUInt32LE(value, 4 * index);
  return bytes;
}
