import { latin1, u16, u32, utf16 } from '../bytes/read.ts';
import type { Opener, Room } from '../types.ts';

export const tnefMagic = '\x78\x9f\x3e\x22';

/** Attributes of MS-OXTNEF 2.1.3.2, without their type. */
const attribute = { title: 0x8010, data: 0x800f, render: 0x9002, properties: 0x9005, message: 0x9003 } as const;
const property = { data: 0x3701, fileName: 0x3704, longName: 0x3707, displayName: 0x3001 } as const;
const headerBytes = 9;

interface Attachment {
  readonly title: string;
  readonly name: string;
  readonly contents: readonly Uint8Array[];
}

/** Gives the attachments of a file that Outlook sends as `winmail.dat`. */
export const openTnef: Opener = (content, room) => {
  let current: Attachment = { title: '', name: '', contents: [] };
  let count = 0;
  const settle = () => {
    for (const bytes of current.contents) {
      count += 1;
      room.member(current.name || current.title || `attachment ${count}`, bytes);
    }
    current = { title: '', name: '', contents: [] };
  };
  let at = 6;
  for (; at + headerBytes <= content.length; ) {
    room.checkTime();
    const id = u16(content, at + 1);
    const from = at + headerBytes;
    const data = content.subarray(from, from + u32(content, at + 5));
    if (id === attribute.render) settle();
    else if (id === attribute.title) current = { ...current, title: latin1(data).split('\0', 1)[0] ?? '' };
    else if (id === attribute.data && data.length > 0)
      current = { ...current, contents: [...current.contents, data].slice(-4) };
    else if (id === attribute.properties) current = withProperties(current, data, room);
    else if (id === attribute.message) current = { ...withProperties(current, data, room), name: '', title: '' };
    at = from + u32(content, at + 5) + 2;
  }
  settle();
  if (at > content.length) throw new Error('the last attribute is truncated');
};

/** Sizes of the values of a type; null for those that state theirs (MS-OXCDATA 2.11.1). */
const sizes: Readonly<Record<number, number>> = {
  2: 4,
  3: 4,
  4: 4,
  5: 8,
  6: 8,
  7: 8,
  10: 4,
  11: 4,
  20: 8,
  64: 8,
  72: 16,
};
const text8 = 0x1e;
const text16 = 0x1f;
const object = 0x0d;
const multiple = 0x1000;
const named = 0x8000;
const identifierBytes = 16;
const maxProperties = 4096;

function withProperties(attachment: Attachment, bytes: Uint8Array, room: Room): Attachment {
  const count = Math.min(maxProperties, u32(bytes, 0));
  let { name } = attachment;
  const contents = [...attachment.contents];
  let at = 4;
  const padded = (size: number) => (size + 3) & ~3;
  for (let index = 0; index < count && at + 4 <= bytes.length; index += 1) {
    room.checkTime();
    const type = u16(bytes, at) & ~multiple;
    const isMultiple = (u16(bytes, at) & multiple) !== 0;
    const id = u16(bytes, at + 2);
    at += 4;
    if (id >= named) {
      const isText = u32(bytes, at + identifierBytes) === 1;
      at += identifierBytes + 4;
      at += isText ? 4 + padded(Math.min(u32(bytes, at), bytes.length)) : 4;
    }
    const size = sizes[type];
    let values = size === undefined || isMultiple ? u32(bytes, at) : 1;
    if (size === undefined || isMultiple) at += 4;
    for (; values > 0 && at < bytes.length; values -= 1) {
      if (size !== undefined) {
        at += padded(size);
        continue;
      }
      const length = Math.min(u32(bytes, at), bytes.length);
      const data = bytes.subarray(at + 4, at + 4 + length);
      at += 4 + padded(length);
      if (id === property.longName || (name === '' && (id === property.fileName || id === property.displayName))) {
        if (type === text16) name = utf16(data);
        else if (type === text8) name = latin1(data).split('\0', 1)[0] ?? '';
      }
      // An object starts with the identifier of its interface.
      if (id === property.data && length > 0) contents.push(type === object ? data.subarray(identifierBytes) : data);
      if (contents.length > 16) contents.pop();
    }
  }
  return { ...attachment, name, contents };
}
