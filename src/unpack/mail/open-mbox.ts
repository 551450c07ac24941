import { offsetsOf } from '../bytes/read.ts';
import type { Opener } from '../types.ts';

/** A line that separates messages (RFC 4155). */
const separator = '\nFrom ';

/** Gives each message of a mailbox. */
export const openMbox: Opener = (content, room) => {
  let number = 0;
  const give = (line: number, end: number) => {
    const newline = content.indexOf(10, line);
    if (newline === -1 || newline + 1 >= end) return;
    number += 1;
    room.member(`message ${number}.eml`, content.subarray(newline + 1, end));
  };
  let from = 0;
  for (const at of offsetsOf(content, separator)) {
    room.checkTime();
    give(from, at + 1);
    from = at + 1;
  }
  give(from, content.length);
};
