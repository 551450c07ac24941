import { decodeMember, type Output } from '../bytes/output.ts';
import { bufferOf, latin1, offsetsOf } from '../bytes/read.ts';
import type { Opener, Room } from '../types.ts';
import { decodeBase64, decodeQuotedPrintable, decodeUuencode } from './encodings.ts';
import { boundariesOf, decodeWords, type MailHeader, maxHeaderBytes, readMailHeader, readMailValue } from './header.ts';
import { beforeMail } from './starts-as-mail.ts';
import { hasUuencode, openUuencode, startsUuencode } from './uuencode.ts';

interface Part {
  readonly from: number;
  readonly to: number;
  /** Multiparts around it. */
  readonly level: number;
  /** `1.2`: the second part of the first. Empty for the message itself. */
  readonly number: string;
}

const maxLevel = 20;
/** Parts that wait: more than a message has. */
const maxParts = 20_000;

/** Gives the bodies and attachments of a message (RFC 2045 to 2049), in their order. */
export const openMail: Opener = (bytes, room) => {
  // Lines may end as they did on the first Macs.
  const hasLines = bytes.subarray(0, maxHeaderBytes).includes(10);
  const content = hasLines ? bytes : bytes.map((byte) => (byte === 13 ? 10 : byte));
  const from = beforeMail.exec(latin1(content, 0, 128))?.[0].length ?? 0;
  const waiting: Part[] = [{ from, to: content.length, level: 0, number: '' }];
  for (let part = waiting.pop(); part !== undefined; part = waiting.pop()) {
    room.checkTime();
    const header = readMailHeader(content, part.from, part.to);
    const types = header.fields.get('content-type') ?? [];
    const parts = partsOf(content, header.end, part, boundariesOf(types));
    if (parts.length > 0 && part.level < maxLevel && waiting.length + parts.length < maxParts) {
      waiting.push(...parts.reverse());
      continue;
    }
    if (parts.length > 0) room.missed(part.number || null, 'depth', 'mail');
    openBody(content.subarray(header.end, part.to), header, part, room);
  }
};

/** The parts by each boundary, each part once. */
function partsOf(content: Uint8Array, from: number, part: Part, boundaries: readonly string[]): Part[] {
  const parts = new Map<string, Part>();
  for (const boundary of boundaries) {
    for (const each of split(content, from, part, boundary)) parts.set(`${each.from} ${each.to}`, each);
  }
  return [...parts.values()];
}

/**
 * The parts between the lines of a boundary. What follows the last one is a part if the last line
 * is missing, and where mail programs read on behind it.
 */
function split(content: Uint8Array, from: number, { to, level, number }: Part, boundary: string): Part[] {
  const marker = bufferOf(content).subarray(0, to);
  const line = `--${boundary}`;
  const parts: Part[] = [];
  let start: number | undefined;
  for (const at of offsetsOf(marker, line, from)) {
    if (at > from && content[at - 1] !== 10) continue;
    if (start !== undefined) add(start, at);
    const newline = content.indexOf(10, at + line.length);
    start = newline === -1 || newline >= to ? undefined : newline + 1;
    if (parts.length >= maxParts) break;
  }
  if (start !== undefined) add(start, to);
  return parts;

  function add(partFrom: number, end: number): void {
    const partTo = end === to ? to : end - (content[end - 2] === 13 ? 2 : 1);
    const name = `${number === '' ? '' : `${number}.`}${parts.length + 1}`;
    if (latin1(content, partFrom, Math.min(partTo, partFrom + 256)).trim() !== '' && partTo > partFrom) {
      parts.push({ from: partFrom, to: partTo, level: level + 1, number: name });
    }
  }
}

function openBody(body: Uint8Array, { fields }: MailHeader, { number }: Part, room: Room): void {
  const { value: type, parameters } = readMailValue(fields.get('content-type')?.[0]);
  const disposition = readMailValue(fields.get('content-disposition')?.[0]).parameters;
  const given = disposition.get('filename') ?? parameters.get('name') ?? '';
  const extension = type === 'text/html' ? '.html' : type === 'message/rfc822' ? '.eml' : '.txt';
  const name =
    decodeWords(given).trim() ||
    `part${number === '' ? '' : ` ${number}`}${type.startsWith('image/') ? '' : extension}`;
  const stated = fields.get('content-transfer-encoding') ?? [];
  const decoders = decodersOf(stated.join(' ').toLowerCase(), body);
  for (const decode of decoders) decodeMember(name, room, (output) => decode(body, output));
  const isPlain = decoders.length === 0 || stated.some((each) => /\b(?:[78]bit|binary)\b/i.test(each));
  if (isPlain && body.length > 0) room.member(name, body);
  // What starts early is found in the member.
  if (!isPlain || !startsUuencode(latin1(body, 0, 4096))) openUuencode(body, room);
}

type Decode = (body: Uint8Array, output: Output) => void;

/** All encodings that are stated, in whatever way: with quotes, a comment, or one field for each. */
function decodersOf(encodings: string, body: Uint8Array): readonly Decode[] {
  const decoders: Decode[] = [];
  if (encodings.includes('base64')) {
    // Mail programs skip the two characters of the alphabet of URLs.
    if (body.includes(0x2d) || body.includes(0x5f)) decoders.push((from, to) => decodeBase64(from, to, 'mail'));
    decoders.push(decodeBase64);
  }
  if (encodings.includes('quoted-printable')) decoders.push(decodeQuotedPrintable);
  if (/\buu(?:e|encode)?\b/.test(encodings) && !hasUuencode(body)) decoders.push(decodeUuencode);
  return decoders;
}
