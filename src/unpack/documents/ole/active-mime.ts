import { inflate } from '../../bytes/inflate.ts';
import { decodeMember } from '../../bytes/output.ts';
import type { Opener } from '../../types.ts';

export const activeMimeMagic = 'ActiveMime';

/** Where the compressed data starts, in files of one version or another of Office. */
const starts = [0x32, 0x22a] as const;
const zlib = 0x78;

/** Gives the macros of a document that is saved as a web page (`editdata.mso`). */
export const openActiveMime: Opener = (content, room) => {
  const start = starts.find((at) => content[at] === zlib);
  if (start === undefined) throw new Error('no compressed data');
  decodeMember('editdata.bin', room, (output) => inflate(content.subarray(start), output, room));
};
