/** Encodings in which a text occurs in a sample. */
export type TextEncoding = 'ascii' | 'wide';

/** A printable text of a sample. */
export interface FoundText {
  readonly text: string;
  readonly encoding: TextEncoding;
  /** Offset in bytes at which the run of printable characters begins that has it. */
  readonly offset: number;
}

/** Characters of the shortest text that is worth a string of a rule. */
export const shortestText = 6;
/** Characters of the longest text. Longer ones are divided. */
export const longestText = 80;
/** A run of printable characters without an end is divided here. */
const longestRun = 4096;

/**
 * Yields the printable ASCII texts of a file, one byte or two per character (as UTF-16LE has them),
 * in the order of their offsets. Runs are divided at line ends, and long ones where their content
 * is: the same text in another file is divided at the same places.
 */
export function* extractTexts(bytes: Uint8Array): Generator<FoundText> {
  const size = bytes.length;
  for (let at = 0; at < size; ) {
    if (!isPrintable(bytes[at])) {
      at += 1;
      continue;
    }
    const offset = at;
    const encoding: TextEncoding = startsWide(bytes, at) ? 'wide' : 'ascii';
    const step = encoding === 'wide' ? 2 : 1;
    const limit = Math.min(size, at + longestRun * step);
    while (at < limit && isPrintable(bytes[at]) && (encoding === 'ascii' || bytes[at + 1] === 0)) at += step;
    if ((at - offset) / step < shortestText) {
      // The last character before a zero may be the first one of a wide text.
      if (encoding === 'ascii' && at - offset > 1 && startsWide(bytes, at - 1)) at -= 1;
      continue;
    }
    for (const text of divide(textOf(bytes, offset, at, step))) yield { text, encoding, offset };
  }
}

function startsWide(bytes: Uint8Array, at: number): boolean {
  return bytes[at + 1] === 0 && isPrintable(bytes[at + 2]) && bytes[at + 3] === 0;
}

function isPrintable(byte: number | undefined): boolean {
  return byte !== undefined && ((byte >= 0x20 && byte <= 0x7e) || byte === 0x09);
}

function textOf(bytes: Uint8Array, start: number, end: number, step: number): string {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('latin1');
  if (step === 1) return text;
  const characters: string[] = [];
  for (let at = 0; at < text.length; at += 2) characters.push(text[at] ?? '');
  return characters.join('');
}

/** The part of an address that stays when its path changes from file to file. */
const address = /\b[a-z]{2,8}:\/\/[\w.-]{4,}/gi;
const separators = [/[;\t]| {2}/, /[\s,]/] as const;

function* divide(run: string, level = 0): Generator<string> {
  const text = run.trim();
  if (text.length < shortestText) return;
  if (text.length <= longestText) {
    yield text;
    for (const [host] of text.matchAll(address)) if (host !== text && host.length <= longestText) yield host;
    return;
  }
  const separator = separators[level];
  if (separator === undefined) {
    yield text.slice(0, longestText).trimEnd();
    return;
  }
  for (const part of text.split(separator)) yield* divide(part, level + 1);
}
