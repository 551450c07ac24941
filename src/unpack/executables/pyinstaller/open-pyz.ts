import { inflate } from '../../bytes/inflate.ts';
import { decodeMember } from '../../bytes/output.ts';
import { latin1, u32, u32be } from '../../bytes/read.ts';
import type { Opener, Room } from '../../types.ts';

export const pyzMagic = 'PYZ\0';

/** Gives the modules of an archive of Python bytecode, as PyInstaller has them. */
export const openPyz: Opener = (content, room) => {
  const values = readMarshal(content, u32be(content, 8), room);
  let name = '';
  const numbers: number[] = [];
  const settle = () => {
    const [, from, size] = numbers;
    if (name === '' || from === undefined || size === undefined || size === 0) return;
    const data = content.subarray(from, from + size);
    const member = name;
    decodeMember(`${member}.pyc`, room, (output) => inflate(data, output, room));
  };
  // Each entry is a name, and the kind, offset and size of a module.
  for (const value of values) {
    if (typeof value === 'number') numbers.push(value);
    else {
      settle();
      name = value;
      numbers.length = 0;
    }
  }
  settle();
};

const maxValues = 200_000;

/** The strings and numbers of a value in the format of Python's `marshal`, without its structure. */
function* readMarshal(bytes: Uint8Array, from: number, room: Room): Generator<string | number> {
  const references: (string | number)[] = [];
  let at = from;
  for (let count = 0; at < bytes.length && count < maxValues; count += 1) {
    room.checkTime();
    const code = bytes[at] ?? 0;
    const type = String.fromCharCode(code & 0x7f);
    const index = (code & 0x80) === 0 ? -1 : references.push(0) - 1;
    at += 1;
    let value: string | number | undefined;
    if (type === 'i') {
      value = u32(bytes, at);
      at += 4;
    } else if (type === 'r') {
      value = references[u32(bytes, at)];
      at += 4;
    } else if (type === 'z' || type === 'Z') {
      value = latin1(bytes, at + 1, at + 1 + (bytes[at] ?? 0));
      at += 1 + (bytes[at] ?? 0);
    } else if (type === 's' || type === 'u' || type === 't' || type === 'a' || type === 'A') {
      const size = u32(bytes, at);
      if (size > 4096) throw new Error('a name is too long');
      value = latin1(bytes, at + 4, at + 4 + size);
      at += 4 + size;
    } else if (type === ')') at += 1;
    else if (type === '[' || type === '(') at += 4;
    else if (type === '{' || type === '0' || type === 'N') continue;
    else throw new Error('a value of an unknown type');
    if (value === undefined) continue;
    if (index !== -1) references[index] = value;
    yield value;
  }
}
