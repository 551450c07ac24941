import { decodeMember } from '../../bytes/output.ts';
import { bufferOf, latin1 } from '../../bytes/read.ts';
import { decodeBase64, isBase64 } from '../../mail/encodings.ts';
import { startsAsMail } from '../../mail/starts-as-mail.ts';
import type { Opener, Probe } from '../../types.ts';
import { narrowed } from './narrowed.ts';

/** Shortest text that is taken for a file. */
const minBlob = 512;
const maxBlobs = 256;
const headBytes = 4096;
/** What looks like markup or a script, in its first part. */
const markup =
  /^\s{0,64}(?:\xef\xbb\xbf)?\s{0,64}<(?:!|html|head|body|script|svg|\?xml|meta|div|a |iframe|object|job|package)/i;
const script =
  /\b(?:function\b|var |let |const |Dim |Set |Sub |WScript|CreateObject|document\.|window\.|atob|eval\(|powershell|FromBase64String|\$[a-z_]\w{0,64}\s{0,4}=)/i;

/** What is right before or behind the text of a file: a decoder, an address with data, an armour. */
const carrier = /base64|certutil|atob/i;
const contextBytes = 256;
/** A word in the line before the first one of base64, such as that of a here-document, would shift it. */
const firstLine = /^[^\r\n]{1,76}\r?\n/;
/** The last word of a line such as `-----BEGIN CERTIFICATE-----`: its characters are those of base64, too. */
const armour = /^[A-Z0-9]{1,40}-----\s{1,4}/;
const armourLine = '-----';
/** What is mostly in armour starts as a sequence of DER. */
const der = /^MI[GHI]/;

interface Blob {
  readonly from: number;
  readonly to: number;
}

const percent = 0x25;

/** Half the shortest length: every long run has a whole block of this size. */
const blockBytes = minBlob / 2;
/** Bytes of a block that are looked at first. Of other text, almost always one of them does not fit. */
const samples = [0, 63, 127, 191, 255] as const;

function isPart(bytes: Uint8Array, at: number): boolean {
  const byte = bytes[at] ?? 0;
  // `%` with two digits is what `+`, `/` and `=` are in an address.
  return isBase64(byte) || byte === 10 || byte === 13 || byte === percent;
}

/** A loop over the samples: this is called for each block of each file. */
function isLikelyBlock(bytes: Uint8Array, start: number): boolean {
  for (const sample of samples) if (!isPart(bytes, start + sample)) return false;
  return true;
}

/** Long runs of base64. */
function* blobsOf(bytes: Uint8Array): Generator<Blob> {
  for (let block = 0; block + blockBytes <= bytes.length; ) {
    const start = block;
    block += blockBytes;
    if (!isLikelyBlock(bytes, start)) continue;
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
  // No browser, interpreter or decoder starts with an ELF program. A Windows program may be a page, too.
  if (probe.bytes.length < minBlob || probe.has('\x7fELF')) return null;
  const bytes = narrowed(probe.bytes);
  const head = bytes === probe.bytes ? probe.head : latin1(bytes, 0, headBytes);
  // Their own openers decode what they have.
  if (probe.has('{\\rt') || startsAsMail(head)) return null;
  for (const _ of carriedBlobs(bytes, head)) return 0;
  return null;
}

/** Long runs of base64 in a page or a script, and those that something before them says to be a file. */
function* carriedBlobs(bytes: Uint8Array, head: string): Generator<Blob> {
  // Most files have no such run, and are not looked at.
  let isScript: boolean | undefined;
  for (const blob of blobsOf(bytes)) {
    isScript ??= looksAsScript(head);
    const before = latin1(bytes, Math.max(0, blob.from - contextBytes), blob.from);
    const behind = latin1(bytes, blob.to, blob.to + contextBytes);
    const [line] = armour.exec(latin1(bytes, blob.from, blob.from + 64)) ?? [];
    if (line !== undefined) {
      const from = blob.from + line.length;
      const end = bufferOf(bytes).subarray(from, blob.to).indexOf(armourLine);
      if (!der.test(latin1(bytes, from, from + 8))) yield { from, to: end === -1 ? blob.to : from + end };
    } else if (isScript || carrier.test(before) || carrier.test(behind) || script.test(before)) {
      yield blob;
      const [word] = firstLine.exec(latin1(bytes, blob.from, blob.from + 80)) ?? [];
      if (word !== undefined && word.trim().length % 4 !== 0) yield { from: blob.from + word.length, to: blob.to };
    }
  }
}

function looksAsScript(head: string): boolean {
  return !head.includes('\0') && (markup.test(head.trimStart().slice(0, 256)) || script.test(head));
}

/** The text of a blob, with what an address escapes as it was. */
function plainText(text: Uint8Array): Uint8Array {
  if (!text.includes(percent)) return text;
  const plain = latin1(text).replace(/%(2B|2F|3D|0D|0A)/gi, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  return Buffer.from(plain, 'latin1');
}

/** Gives the files that a page or a script carries as text in base64. */
export const openBlobs: Opener = (bytes, room) => {
  const content = narrowed(bytes);
  let count = 0;
  const head = latin1(content, 0, headBytes);
  for (const { from, to } of carriedBlobs(content, head)) {
    room.checkTime();
    count += 1;
    if (count > maxBlobs) {
      room.missed(null, 'members', 'base64');
      return;
    }
    decodeMember(`base64 ${count}`, room, (output) => decodeBase64(plainText(content.subarray(from, to)), output));
  }
};
