import { offsetsOf, u32 } from '../../bytes/read.ts';
import type { Opener } from '../../types.ts';

/** The first bytes of a section of OneNote, and of a package of them (MS-ONESTORE 2.3.1). */
export const oneNoteMagics = [
  '\xe4\x52\x5c\x7b\x8c\xd8\xa7\x4d\xae\xb1\x53\x78\xd0\x29\x96\xd3',
  '\xa1\x2f\xff\x43\xd9\xef\x76\x4c\x9e\xe2\x10\xea\x57\x22\x76\x5f',
] as const;
/** The start of a `FileDataStoreObject` (MS-ONESTORE 2.6.13): its identifier, a size, and the file. */
const fileMark = '\xe7\x16\xe3\xbd\x65\x26\x11\x45\xa4\xc4\x8d\x4d\x0b\x7a\x9e\xac';
const headerBytes = 36;

/** Gives the files that are attached to a page. Their names are elsewhere in the file. */
export const openOneNote: Opener = (content, room) => {
  let count = 0;
  for (const at of offsetsOf(content, fileMark)) {
    const size = u32(content, at + 16);
    const data = content.subarray(at + headerBytes, at + headerBytes + size);
    if (data.length === 0) continue;
    count += 1;
    room.member(`file ${count}`, data);
    if (data.length < size) room.missed(`file ${count}`, 'damaged', `${data.length} of ${size} bytes`);
  }
};
