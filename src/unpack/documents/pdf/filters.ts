import { inflate } from '../../bytes/inflate.ts';
import { createOutput, type Output } from '../../bytes/output.ts';
import type { Room } from '../../types.ts';
import { isDictionary, nameOf, type PdfDictionary, type PdfValue } from './pdf-value.ts';

/** One step of decoding a stream (ISO 32000-1, 7.4). */
interface Filter {
  readonly name: string;
  readonly options: ReadonlyMap<string, PdfValue>;
}

/** Longest chain of filters that is followed. */
const maxFilters = 8;

const shortNames: Readonly<Record<string, string>> = {
  AHx: 'ASCIIHexDecode',
  A85: 'ASCII85Decode',
  LZW: 'LZWDecode',
  Fl: 'FlateDecode',
  RL: 'RunLengthDecode',
  CCF: 'CCITTFaxDecode',
  DCT: 'DCTDecode',
};

const listOf = (value: PdfValue | undefined): readonly PdfValue[] => {
  if (value === undefined || value === null) return [];
  return typeof value === 'object' && value.kind === 'array' ? value.values : [value];
};

export function filtersOf({ entries }: PdfDictionary): readonly Filter[] {
  const options = listOf(entries.get('DecodeParms') ?? entries.get('DP'));
  return listOf(entries.get('Filter') ?? entries.get('F'))
    .map((value, index): Filter => {
      const name = nameOf(value) ?? '';
      const given = options[index];
      return { name: shortNames[name] ?? name, options: isDictionary(given) ? given.entries : new Map() };
    })
    .filter(({ name }) => name !== '' && name !== 'Crypt')
    .slice(0, maxFilters);
}

type Decoder = (data: Uint8Array, output: Output, room: Room, options: Filter['options']) => void;

const decoders: Readonly<Record<string, Decoder>> = {
  FlateDecode: (data, output, room, options) => predicted(options, output, room, (to) => inflate(data, to, room)),
  LZWDecode: (data, output, room, options) =>
    predicted(options, output, room, (to) => decodeLzw(data, to, numberOf(options, 'EarlyChange', 1))),
  ASCIIHexDecode: decodeHex,
  ASCII85Decode: decodeAscii85,
  RunLengthDecode: decodeRunLength,
};

/** Whether nothing here decodes it: the formats of images. */
export function isImageFilter({ name }: Filter): boolean {
  return !Object.hasOwn(decoders, name);
}

/** Decodes one step. What comes before damage is in the output. */
export function applyFilter({ name, options }: Filter, data: Uint8Array, output: Output, room: Room): void {
  decoders[name]?.(data, output, room, options);
}

function numberOf(options: Filter['options'], key: string, fallback: number): number {
  const value = options.get(key);
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 ? value : fallback;
}

const maxRowBytes = 1024 * 1024;

/** Undoes the predictor of a filter, whose rows are differences of other rows. */
function predicted(options: Filter['options'], output: Output, room: Room, decode: (to: Output) => void): void {
  const predictor = numberOf(options, 'Predictor', 1);
  const bits = numberOf(options, 'Colors', 1) * numberOf(options, 'BitsPerComponent', 8);
  const rowBytes = Math.ceil((bits * numberOf(options, 'Columns', 1)) / 8);
  const pixelBytes = Math.max(1, bits >> 3);
  if (predictor < 2 || rowBytes < 1 || rowBytes > maxRowBytes || (predictor === 2 && bits % 8 !== 0)) {
    decode(output);
    return;
  }
  const rows = createOutput(room);
  try {
    decode(rows);
  } finally {
    if (predictor === 2) undoTiff(rows.bytes(), output, rowBytes, pixelBytes);
    else undoPng(rows.bytes(), output, rowBytes, pixelBytes);
  }
}

function undoTiff(data: Uint8Array, output: Output, rowBytes: number, pixelBytes: number): void {
  for (let at = 0; at < data.length; at += 1) {
    const column = at % rowBytes;
    output.push(((data[at] ?? 0) + (column < pixelBytes ? 0 : output.last(pixelBytes))) & 0xff);
  }
}

function undoPng(data: Uint8Array, output: Output, rowBytes: number, pixelBytes: number): void {
  let isFirst = true;
  for (let at = 0; at < data.length; at += rowBytes + 1) {
    const type = data[at];
    const end = Math.min(data.length, at + 1 + rowBytes);
    for (let from = at + 1, column = 0; from < end; from += 1, column += 1) {
      const left = column < pixelBytes ? 0 : output.last(pixelBytes);
      const up = isFirst ? 0 : output.last(rowBytes);
      const corner = isFirst || column < pixelBytes ? 0 : output.last(rowBytes + pixelBytes);
      const add =
        type === 1 ? left : type === 2 ? up : type === 3 ? (left + up) >> 1 : type === 4 ? paeth(left, up, corner) : 0;
      output.push(((data[from] ?? 0) + add) & 0xff);
    }
    isFirst = false;
  }
}

function paeth(left: number, up: number, corner: number): number {
  const guess = left + up - corner;
  const [a, b, c] = [Math.abs(guess - left), Math.abs(guess - up), Math.abs(guess - corner)];
  return a <= b && a <= c ? left : b <= c ? up : corner;
}

function decodeHex(data: Uint8Array, output: Output): void {
  let high = -1;
  for (const byte of data) {
    if (byte === 0x3e) break;
    const digit = Number.parseInt(String.fromCharCode(byte), 16);
    if (Number.isNaN(digit)) continue;
    if (high < 0) high = digit;
    else {
      output.push(high * 16 + digit);
      high = -1;
    }
  }
  if (high >= 0) output.push(high * 16);
}

function decodeAscii85(data: Uint8Array, output: Output): void {
  let value = 0;
  let count = 0;
  const write = (bytes: number) => {
    for (let index = 0; index < bytes; index += 1) output.push(Math.floor(value / 256 ** (3 - index)) & 0xff);
    value = 0;
    count = 0;
  };
  for (let at = data[0] === 0x3c && data[1] === 0x7e ? 2 : 0; at < data.length; at += 1) {
    const byte = data[at] ?? 0;
    if (byte === 0x7e) break;
    if (byte === 0x7a && count === 0) write(4);
    if (byte < 0x21 || byte > 0x75) continue;
    value = value * 85 + byte - 0x21;
    count += 1;
    if (count === 5) write(4);
  }
  if (count < 2) return;
  const bytes = count - 1;
  for (; count < 5; count += 1) value = value * 85 + 84;
  write(bytes);
}

function decodeRunLength(data: Uint8Array, output: Output): void {
  for (let at = 0; at < data.length; ) {
    const length = data[at] ?? 0;
    if (length === 128) return;
    if (length < 128) {
      output.append(data.subarray(at + 1, at + 2 + length));
      at += 2 + length;
    } else {
      output.append(new Uint8Array(257 - length).fill(data[at + 1] ?? 0));
      at += 2;
    }
  }
}

const clearCode = 256;
const endCode = 257;
const maxCodes = 4096;

function decodeLzw(data: Uint8Array, output: Output, earlyChange: number): void {
  // An entry is a part of the output: where it starts and how long it is.
  const starts = new Uint32Array(maxCodes);
  const lengths = new Uint32Array(maxCodes);
  let next = endCode + 1;
  let width = 9;
  let last = { start: -1, length: 0 };
  let bits = 0;
  let held = 0;
  for (const byte of data) {
    held = ((held << 8) | byte) & 0xffffff;
    bits += 8;
    if (bits < width) continue;
    bits -= width;
    const code = (held >> bits) & ((1 << width) - 1);
    if (code === endCode) return;
    if (code === clearCode) {
      [next, width, last] = [endCode + 1, 9, { start: -1, length: 0 }];
      continue;
    }
    const start = output.length;
    if (code < clearCode) output.push(code);
    else if (code < next) output.repeat(start - (starts[code] ?? 0), lengths[code] ?? 0);
    else if (code === next && last.start >= 0) output.repeat(start - last.start, last.length + 1);
    else throw new Error('a code of LZW that is not defined');
    if (last.start >= 0 && next < maxCodes) {
      starts[next] = last.start;
      lengths[next] = last.length + 1;
      next += 1;
    }
    last = { start, length: output.length - start };
    if (next + earlyChange >= 1 << width && width < 12) width += 1;
  }
}
