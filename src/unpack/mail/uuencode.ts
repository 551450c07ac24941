import { decodeMember } from '../bytes/output.ts';
import { bufferOf, latin1, offsetsOf } from '../bytes/read.ts';
import type { Room } from '../types.ts';
import { decodeBase64, decodeUuencode } from './encodings.ts';

/** Files that are read in one text. */
const maxUuencoded = 256;
const uuencodeLine = /^begin(?:-base64)? [0-7]{3,4} ([^\r\n]{1,200})\r?\n/;

export function hasUuencode(body: Uint8Array): boolean {
  return uuencodeLine.test(latin1(body, 0, 256));
}

/** Files in a text: between a line with `begin` and one with `end`. */
export function openUuencode(body: Uint8Array, room: Room): void {
  let count = 0;
  let behind = 0;
  for (const at of offsetsOf(body, 'begin')) {
    if (at < behind || (at > 0 && body[at - 1] !== 10)) continue;
    room.checkTime();
    const [line, name] = uuencodeLine.exec(latin1(body, at, at + 256)) ?? [];
    if (line === undefined || name === undefined) continue;
    count += 1;
    if (count > maxUuencoded) return;
    const data = body.subarray(at + line.length);
    const isBase64 = line.startsWith('begin-');
    const end = isBase64 ? bufferOf(data).indexOf('====', 0, 'latin1') : -1;
    const text = end === -1 ? data : data.subarray(0, end);
    // All of it is read, so that it is read once.
    if (isBase64) behind = at + line.length + text.length;
    const decode = isBase64 ? decodeBase64 : decodeUuencode;
    decodeMember(name, room, (output) => decode(text, output));
  }
}

/** Whether such a file starts in the first part of a text. */
export function startsUuencode(head: string): boolean {
  for (let at = head.indexOf('begin'); at !== -1; at = head.indexOf('begin', at + 1)) {
    if ((at === 0 || head[at - 1] === '\n') && uuencodeLine.test(head.slice(at, at + 256))) return true;
  }
  return false;
}
