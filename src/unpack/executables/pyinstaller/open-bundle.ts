import { inflate } from '../../bytes/inflate.ts';
import { decodeMember } from '../../bytes/output.ts';
import { bufferOf, cString, u32be } from '../../bytes/read.ts';
import { anyOf, magic } from '../../find.ts';
import type { Opener } from '../../types.ts';

/** The end of a bundle: its mark, the size, and where its list of files is. */
const cookie = 'MEI\x0c\x0b\x0a\x0b\x0e';
/** Its bytes that programs seldom have. Searching forwards, for bytes, is many times as fast. */
const rareCookie = Buffer.from(cookie.slice(3), 'latin1');
const cookieBytes = [88, 24] as const;
/** A signature, or tables of the executable, can follow. */
const tailBytes = 64 * 1024;
const entryBytes = 18;

function findCookie(content: Uint8Array): number {
  const bytes = bufferOf(content);
  const from = Math.max(0, bytes.length - tailBytes);
  if (bytes.indexOf(rareCookie, from) === -1) return -1;
  const at = bytes.subarray(from).lastIndexOf(cookie, undefined, 'latin1');
  return at === -1 ? -1 : from + at;
}

const hasCookie = (bytes: Buffer) => findCookie(bytes) !== -1;
export const findPyInstaller = anyOf(
  ...['MZ', '\x7fELF', '\xcf\xfa\xed\xfe'].map((program) => magic(program, 0, hasCookie)),
);

/** Gives the files of a program that PyInstaller has made ("CArchive"). */
export const openPyInstaller: Opener = (content, room) => {
  const at = findCookie(content);
  const size = u32be(content, at + 8);
  const tableAt = u32be(content, at + 12);
  const tableBytes = u32be(content, at + 16);
  // The newer cookie has the name of a library, the older one does not.
  const start = cookieBytes
    .map((bytes) => at + bytes - size)
    .find((from) => from >= 0 && isTable(content, from + tableAt, tableBytes));
  if (start === undefined) throw new Error('no list of files');
  const end = Math.min(content.length, start + tableAt + tableBytes);
  for (let entry = start + tableAt; entry + entryBytes < end; ) {
    room.checkTime();
    const length = u32be(content, entry);
    if (length <= entryBytes || entry + length > end) throw new Error('a damaged list of files');
    const from = start + u32be(content, entry + 4);
    const data = content.subarray(from, from + u32be(content, entry + 8));
    const name = cString(content, entry + entryBytes, length - entryBytes);
    if (content[entry + 16] === 1) decodeMember(name, room, (output) => inflate(data, output, room));
    else if (data.length > 0) room.member(name, data);
    entry += length;
  }
};

function isTable(content: Uint8Array, at: number, size: number): boolean {
  const first = u32be(content, at);
  return first > entryBytes && first <= size && at + size <= content.length;
}
