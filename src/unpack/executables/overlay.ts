import { bufferOf, hasAt, u16, u32, u32be } from '../bytes/read.ts';

/**
 * Where an executable or image ends and other data follows: the overlay of a self-extracting
 * archive, or an archive behind a picture. Null if nothing follows, or for other content.
 */
export function findOverlay(content: Uint8Array): number | null {
  const bytes = bufferOf(content);
  const endOf = readers.find(({ magic }) => hasAt(bytes, magic, 0))?.end;
  if (endOf === undefined) return null;
  try {
    const end = endOf(bytes);
    return end !== null && end > 0 && end < bytes.length ? end : null;
  } catch (error) {
    // A read beyond the end: the content is truncated, and nothing follows it.
    if (error instanceof RangeError) return null;
    throw error;
  }
}

type End = (bytes: Buffer) => number | null;

/** https://learn.microsoft.com/windows/win32/debug/pe-format */
function endOfPe(bytes: Buffer): number | null {
  const pe = bytes.readUInt32LE(0x3c);
  if (bytes.toString('latin1', pe, pe + 4) !== 'PE\0\0') return null;
  const sections = bytes.readUInt16LE(pe + 6);
  const optional = pe + 24;
  const table = optional + bytes.readUInt16LE(pe + 20);
  let end = table + 40 * sections;
  for (let at = table; at < table + 40 * sections; at += 40) {
    const size = bytes.readUInt32LE(at + 16);
    if (size > 0) end = Math.max(end, bytes.readUInt32LE(at + 20) + size);
  }
  const directories = optional + (bytes.readUInt16LE(optional) === 0x20b ? 112 : 96);
  const certificates = directories + 4 * 8;
  if (certificates + 8 > table) return end;
  const at = bytes.readUInt32LE(certificates);
  const after = at + bytes.readUInt32LE(certificates + 4);
  // Sections are followed by the signature, and nothing else.
  return at >= end && at - end < 8 && after > at ? after : end;
}

/** https://refspecs.linuxfoundation.org/elf/gabi4+/ch4.eheader.html */
function endOfElf(bytes: Buffer): number {
  const isWide = bytes[4] === 2;
  const isLittle = bytes[5] !== 2;
  const half = (at: number) => (isLittle ? u16(bytes, at) : u32be(bytes, at) >>> 16);
  const word = (at: number) => (isLittle ? u32(bytes, at) : u32be(bytes, at));
  const long = (at: number) => (isLittle ? word(at) + word(at + 4) * 2 ** 32 : word(at) * 2 ** 32 + word(at + 4));
  const offset = isWide ? long : word;
  const [programs, sections] = isWide ? [long(32), long(40)] : [word(28), word(32)];
  const counts = isWide ? 54 : 42;
  const [programSize, programCount] = [half(counts), half(counts + 2)];
  const [sectionSize, sectionCount] = [half(counts + 4), half(counts + 6)];
  let end = Math.max(programs + programSize * programCount, sections + sectionSize * sectionCount);
  // Most programs end with the table of their sections. Both tables are within what remains.
  if (end >= bytes.length) return end;
  for (let index = 0; index < programCount; index += 1) {
    const at = programs + index * programSize;
    end = Math.max(end, isWide ? offset(at + 8) + offset(at + 32) : offset(at + 4) + offset(at + 16));
  }
  for (let index = 0; index < sectionCount; index += 1) {
    const at = sections + index * sectionSize;
    const takesNoSpace = word(at + 4) === 8;
    if (!takesNoSpace)
      end = Math.max(end, isWide ? offset(at + 24) + offset(at + 32) : offset(at + 16) + offset(at + 20));
  }
  return end;
}

/** https://www.w3.org/TR/png-3/#5Chunk-layout */
function endOfPng(bytes: Buffer): number {
  for (let at = 8; ; ) {
    const isLast = bytes.toString('latin1', at + 4, at + 8) === 'IEND';
    at += 12 + bytes.readUInt32BE(at);
    if (isLast) return at;
  }
}

/** https://www.w3.org/Graphics/JPEG/itu-t81.pdf, annex B */
function endOfJpeg(bytes: Buffer): number | null {
  for (let at = 2; ; ) {
    // Compressed data may be between markers.
    at = bytes.indexOf(0xff, at);
    if (at === -1) return null;
    const marker = bytes.readUInt8(at + 1);
    if (marker === 0xd9) return at + 2;
    const standsAlone = marker === 0 || marker === 1 || (marker >= 0xd0 && marker <= 0xd8);
    if (marker === 0xff) at += 1;
    else at += standsAlone ? 2 : 2 + bytes.readUInt16BE(at + 2);
  }
}

/** https://www.w3.org/Graphics/GIF/spec-gif89a.txt */
function endOfGif(bytes: Buffer): number | null {
  const colors = (flags: number) => ((flags & 0x80) === 0 ? 0 : 3 * 2 ** ((flags & 7) + 1));
  let at = 13 + colors(bytes.readUInt8(10));
  const skipBlocks = (): void => {
    for (let size = bytes.readUInt8(at); ; size = bytes.readUInt8(at)) {
      at += 1 + size;
      if (size === 0) return;
    }
  };
  for (;;) {
    const kind = bytes.readUInt8(at);
    if (kind === 0x3b) return at + 1;
    if (kind === 0x21) at += 2;
    else if (kind === 0x2c) at += 11 + colors(bytes.readUInt8(at + 9));
    else return null;
    skipBlocks();
  }
}

const readers: readonly { readonly magic: string; readonly end: End }[] = [
  { magic: 'MZ', end: endOfPe },
  { magic: '\x7fELF', end: endOfElf },
  { magic: '\x89PNG\r\n\x1a\n', end: endOfPng },
  { magic: '\xff\xd8\xff', end: endOfJpeg },
  { magic: 'GIF8', end: endOfGif },
];

/** First bytes of content that can have an overlay, one character per byte. */
export const overlayHosts = readers.map(({ magic }) => magic.slice(0, 1)).join('');
