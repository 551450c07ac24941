import { latin1, u16, u32 } from '../../bytes/read.ts';
import type { Opener } from '../../types.ts';

export const lnkMagic = '\x4c\0\0\0\x01\x14\x02\0\0\0\0\0\xc0\0\0\0\0\0\0\x46';

const headerBytes = 76;
const flag = { hasTargets: 0x1, hasInfo: 0x2, isUnicode: 0x80 } as const;
/** Strings that a shortcut can have, in their order, by their flags (MS-SHLLINK 2.4). */
const strings = [
  [0x4, 'description'],
  [0x8, 'relative path'],
  [0x10, 'working folder'],
  [0x20, 'arguments'],
  [0x40, 'icon'],
] as const;
const minBlock = 4;
const maxBlocks = 256;

/** Gives the command line of a shortcut, and what is appended to it. */
export const openLnk: Opener = (content, room) => {
  const flags = u32(content, 20);
  let at = headerBytes;
  if ((flags & flag.hasTargets) !== 0) at += 2 + u16(content, at);
  if ((flags & flag.hasInfo) !== 0) at += u32(content, at);
  const isUnicode = (flags & flag.isUnicode) !== 0;
  for (const [mask, name] of strings) {
    if ((flags & mask) === 0 || at >= content.length) continue;
    const length = u16(content, at) * (isUnicode ? 2 : 1);
    const data = content.subarray(at + 2, at + 2 + length);
    at += 2 + length;
    const text = isUnicode ? new TextDecoder('utf-16le').decode(data) : latin1(data);
    if (name === 'arguments' && text !== '') room.member(name, Buffer.from(text, 'utf8'));
  }
  for (let count = 0; count < maxBlocks && u32(content, at) >= minBlock && at < content.length; count += 1) {
    at += u32(content, at);
  }
  const overlay = content.subarray(at + minBlock);
  if (overlay.length > 0) room.member('appended', overlay);
};
