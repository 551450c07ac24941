import { decodeMember } from '../../bytes/output.ts';
import { decodeBase64, isBase64 } from '../../mail/encodings.ts';
import { startsAsMail } from '../../mail/starts-as-mail.ts';
import type { Opener, Probe } from '../../types.ts';

/** Shortest text that is taken for a file. */
const minBlob = 512;
const maxBlobs = 256;
/** What looks like markup or a script, in its first part. */
const markup =
  /^\s{0,64}(?:\xef\xbb\xbf)?\s{0,64}<(?:!|html|head|body|script|svg|\?xml|meta|div|a |iframe|object|job|package)/i;
const script =
  /\b(?:function\b|var |let |const |Dim |Set |Sub |WScript|CreateObject|document\.|window\.|atob|eval\(|powershell|FromBase64String|\$[a-z_]\w{0,64}\s{0,4}=)/i;

interface Blob {
  readonly from: number;
  readonly to: number;
}

/** Half the shortest length: every long run has a whole block of this size. */
const blockBytes = minBlob / 2;
/** Bytes of a block that are looked at first. Of other text, almost always one of them does not fit. */
const samples = [0, 63, 127, 191, 255] as const;

function isPart(bytes: Uint8Array, at: number): boolean {
  const byte = bytes[at] ?? 0;
  return isBase64(byte) || byte === 10 || byte === 13;
}

/** Long runs of base64. */
function* blobsOf(bytes: Uint8Array): Generator<Blob> {
  for (let block = 0; block + blockBytes <= bytes.length; ) {
    const start = block;
    block += blockBytes;
    if (!samples.every((sample) => isPart(bytes, start + sample))) continue;
    let from = start;
    while (from > 0 && start - from < blockBytes && isPart(bytes, from - 1)) from -= 1;
    let to = start;
    while (to < bytes.length && isPart(bytes, to)) to += 1;
    if (to - from >= minBlob && hasVariety(bytes, from)) yield { from, to };
    block = Math.max(block, to - (to % blockBytes));
  }
}

/** Whether the first characters are neither all one letter nor words of a text. */
function hasVariety(bytes: Uint8Array, from: number): boolean {
  const seen = new Set<number>();
  for (let at = from; at < from + 256; at += 1) seen.add(bytes[at] ?? 0);
  return seen.size >= 8;
}

export function findBlobs(probe: Probe): number | null {
  const { head, bytes } = probe;
  if (bytes.length < minBlob || head.includes('\0')) return null;
  if (!markup.test(head.slice(0, 256)) && !script.test(head)) return null;
  // Their own openers decode what they have.
  if (probe.has('{\\rt') || startsAsMail(head)) return null;
  for (const _ of blobsOf(bytes)) return 0;
  return null;
}

/** Gives the files that a page or a script carries as text in base64. */
export const openBlobs: Opener = (content, room) => {
  let count = 0;
  for (const { from, to } of blobsOf(content)) {
    room.checkTime();
    count += 1;
    if (count > maxBlobs) {
      room.missed(null, 'members', 'base64');
      return;
    }
    decodeMember(`base64 ${count}`, room, (output) => decodeBase64(content.subarray(from, to), output));
  }
};
