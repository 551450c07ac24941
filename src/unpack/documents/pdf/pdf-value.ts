/** A value of a PDF (ISO 32000-1, 7.3). Numbers that are none, `null`, and words are null. */
export type PdfValue = null | number | boolean | PdfName | PdfReference | PdfString | PdfArray | PdfDictionary;
export interface PdfName {
  readonly kind: 'name';
  readonly name: string;
}
export interface PdfReference {
  readonly kind: 'reference';
  readonly object: number;
  readonly generation: number;
}
export interface PdfString {
  readonly kind: 'string';
  /** One character per byte. */
  readonly bytes: string;
}
export interface PdfArray {
  readonly kind: 'array';
  readonly values: readonly PdfValue[];
}
export interface PdfDictionary {
  readonly kind: 'dictionary';
  readonly entries: ReadonlyMap<string, PdfValue>;
}

export interface PdfRead {
  /** Null for what cannot be read. */
  readonly value: PdfValue;
  readonly end: number;
  /** Whether the value ends where its syntax says so. */
  readonly isWhole: boolean;
}

/** Levels of arrays and dictionaries. */
const maxDepth = 32;

type Open = { readonly kind: 'array'; readonly values: PdfValue[] } | OpenDictionary;
interface OpenDictionary {
  readonly kind: 'dictionary';
  readonly values: PdfValue[];
}

const isSpace = (code: number) => code === 32 || code === 10 || code === 13 || code === 9 || code === 12 || code === 0;
const isDelimiter = (code: number) => '()<>[]{}/%'.includes(String.fromCharCode(code));
const isRegular = (code: number) => !isSpace(code) && !isDelimiter(code);

/** Skips white space and comments. */
export function skipSpace(bytes: Uint8Array, from: number, end: number): number {
  let at = from;
  while (at < end) {
    const code = bytes[at] ?? 0;
    if (code === 0x25) while (at < end && bytes[at] !== 10 && bytes[at] !== 13) at += 1;
    else if (isSpace(code)) at += 1;
    else break;
  }
  return at;
}

/** Reads a value, as far as it goes. Its depth and the bytes it may have are bounded. */
export function readPdfValue(bytes: Uint8Array, from: number, end: number): PdfRead {
  const open: Open[] = [];
  let at = from;
  for (;;) {
    at = skipSpace(bytes, at, end);
    let value: PdfValue = null;
    if (at >= end) return { value: open.length > 0 ? close(open[0] as Open) : null, end: at, isWhole: false };
    const code = bytes[at] ?? 0;
    const next = bytes[at + 1] ?? 0;
    if (code === 0x5b || (code === 0x3c && next === 0x3c)) {
      if (open.length >= maxDepth) return { value: null, end: at, isWhole: false };
      open.push(code === 0x5b ? { kind: 'array', values: [] } : { kind: 'dictionary', values: [] });
      at += code === 0x5b ? 1 : 2;
      continue;
    }
    if (code === 0x5d || (code === 0x3e && next === 0x3e)) {
      at += code === 0x5d ? 1 : 2;
      const closed = open.pop();
      if (closed === undefined) return { value: null, end: at, isWhole: false };
      value = close(closed);
    } else if (code === 0x28) [value, at] = readString(bytes, at + 1, end);
    else if (code === 0x3c) [value, at] = readHexString(bytes, at + 1, end);
    else if (code === 0x2f) [value, at] = readName(bytes, at + 1, end);
    else if (!isRegular(code)) {
      at += 1;
      continue;
    } else {
      const word = readWord(bytes, at, end);
      if (/^(?:obj|endobj|stream|endstream|xref|trailer|startxref)$/.test(word)) {
        const outer = open[0];
        return { value: outer === undefined ? null : close(outer), end: at, isWhole: false };
      }
      at += word.length;
      const container = open.at(-1);
      if (word === 'R' && container !== undefined && refersBack(container.values)) continue;
      value = wordValue(word);
    }
    const container = open.at(-1);
    if (container === undefined) return { value, end: at, isWhole: true };
    container.values.push(value);
  }
}

/** The longest word: longer ones are none. */
const maxWord = 32;

function readWord(bytes: Uint8Array, from: number, end: number): string {
  let word = '';
  for (let at = from; at < end && word.length < maxWord && isRegular(bytes[at] ?? 0); at += 1) {
    word += String.fromCharCode(bytes[at] ?? 0);
  }
  return word;
}

function wordValue(word: string): PdfValue {
  if (word === 'true' || word === 'false') return word === 'true';
  const value = Number(word);
  return word !== '' && Number.isFinite(value) ? value : null;
}

/** Turns the last two numbers into a reference to an object. */
function refersBack(values: PdfValue[]): boolean {
  const generation = values.at(-1);
  const object = values.at(-2);
  if (typeof generation !== 'number' || typeof object !== 'number') return false;
  values.length -= 2;
  values.push({ kind: 'reference', object, generation });
  return true;
}

function close({ kind, values }: Open): PdfValue {
  if (kind === 'array') return { kind, values };
  const entries = new Map<string, PdfValue>();
  for (let at = 0; at < values.length; ) {
    const key = values[at];
    at += 1;
    if (key === null || typeof key !== 'object' || key.kind !== 'name') continue;
    entries.set(key.name, values[at] ?? null);
    at += 1;
  }
  return { kind, entries };
}

const escapes: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', b: '\b', f: '\f' };

function readString(bytes: Uint8Array, from: number, end: number): [PdfString, number] {
  const parts: string[] = [];
  let depth = 1;
  let at = from;
  while (at < end) {
    const character = String.fromCharCode(bytes[at] ?? 0);
    at += 1;
    if (character === '(') depth += 1;
    else if (character === ')') {
      depth -= 1;
      if (depth === 0) break;
    } else if (character === '\\') {
      const escaped = String.fromCharCode(bytes[at] ?? 0);
      at += 1;
      if (escaped >= '0' && escaped <= '7') {
        let code = Number(escaped);
        for (let digits = 1; digits < 3 && (bytes[at] ?? 0) >= 0x30 && (bytes[at] ?? 0) <= 0x37; digits += 1) {
          code = code * 8 + (bytes[at] ?? 0) - 0x30;
          at += 1;
        }
        parts.push(String.fromCharCode(code & 0xff));
      } else if (escaped === '\r') at += bytes[at] === 10 ? 1 : 0;
      else if (escaped !== '\n') parts.push(escapes[escaped] ?? escaped);
      continue;
    }
    parts.push(character);
  }
  return [{ kind: 'string', bytes: parts.join('') }, at];
}

function readHexString(bytes: Uint8Array, from: number, end: number): [PdfString, number] {
  let hex = '';
  let at = from;
  for (; at < end && bytes[at] !== 0x3e; at += 1) {
    const character = String.fromCharCode(bytes[at] ?? 0);
    if (/[0-9a-f]/i.test(character)) hex += character;
  }
  return [
    { kind: 'string', bytes: Buffer.from(`${hex}${hex.length % 2 === 1 ? '0' : ''}`, 'hex').toString('latin1') },
    at + 1,
  ];
}

function readName(bytes: Uint8Array, from: number, end: number): [PdfName, number] {
  let name = '';
  let at = from;
  for (; at < end && isRegular(bytes[at] ?? 0); at += 1) {
    const code = bytes[at] ?? 0;
    const hex = code === 0x23 ? String.fromCharCode(bytes[at + 1] ?? 0, bytes[at + 2] ?? 0) : '';
    const isEscape = /^[0-9a-f]{2}$/i.test(hex);
    name += String.fromCharCode(isEscape ? Number.parseInt(hex, 16) : code);
    if (isEscape) at += 2;
  }
  return [{ kind: 'name', name }, at];
}

export function isDictionary(value: PdfValue | undefined): value is PdfDictionary {
  return typeof value === 'object' && value?.kind === 'dictionary';
}

export function nameOf(value: PdfValue | undefined): string | undefined {
  return typeof value === 'object' && value?.kind === 'name' ? value.name : undefined;
}

/** Text of a string: UTF-16 or UTF-8 with its mark, otherwise one character per byte. */
export function pdfText(bytes: string): string {
  const raw = Buffer.from(bytes, 'latin1');
  if (bytes.startsWith('\xfe\xff'))
    return raw
      .subarray(2, raw.length & ~1)
      .swap16()
      .toString('utf16le')
      .toWellFormed();
  if (bytes.startsWith('\xef\xbb\xbf')) return raw.toString('utf8', 3);
  return bytes;
}
