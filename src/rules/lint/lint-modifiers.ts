import { isAscii, isUtf8 } from 'node:buffer';
import { isDeepStrictEqual } from 'node:util';
import { readRegexp } from '../regexp/read-regexp.ts';
import { stringBytes } from '../syntax/literals.ts';
import type { ParsedPattern } from '../syntax/syntax.ts';

/** A code without `lint/`, and what is wrong; null if nothing is. */
type Judged = readonly [string, string | null];

/** With more bytes, a text combined with any key rarely matches by chance. */
const maxXorBytes = 3;
/** Keys of `xor` from which a short text matches by chance. */
const manyKeys = 128;
/** Bytes whose base64 forms have only three characters. The engine refuses fewer. */
const shortestBase64 = 3;

/** Checks the modifiers of a pattern. */
export function lintModifiers(pattern: ParsedPattern): readonly Judged[] {
  const { kind, value, modifiers } = pattern;
  if (kind === 'hex' || modifiers.length === 0) return [];
  const bytes = kind === 'text' ? stringBytes(value) : null;
  return [
    ['nocase', nocase(pattern, bytes)],
    ...(bytes === null
      ? []
      : ([
          ['wide', wide(bytes, modifiers)],
          ['xor', xor(bytes, modifiers)],
          ['base64', base64(bytes, modifiers)],
        ] as const)),
    ['fullword', fullword(modifiers)],
  ];
}

function nocase({ kind, value, modifiers }: ParsedPattern, bytes: Buffer | null): string | null {
  if (!modifiers.includes('nocase')) return null;
  const noLetters = 'has nocase, and no letters from A to Z whose case could differ: remove nocase';
  if (kind === 'regexp') {
    // With the flag i, the engine itself warns.
    const [plain, folded] = [false, true].map((isNocase) => readRegexp(value, isNocase));
    const isSame = plain !== null && isDeepStrictEqual(plain, folded);
    return isSame && !value.slice(value.lastIndexOf('/')).includes('i') && isAscii(Buffer.from(value))
      ? noLetters
      : null;
  }
  if (bytes === null) return null;
  const foreign = foreignLetter(bytes);
  if (foreign !== null) {
    return `has nocase, which covers the letters A to Z only: "${foreign}" matches only as written. Write the other form as another string`;
  }
  return bytes.some(isLetter) ? null : noLetters;
}

function isLetter(byte: number): boolean {
  return (byte >= 0x41 && byte <= 0x5a) || (byte >= 0x61 && byte <= 0x7a);
}

/** A letter with two cases that is not one of A to Z. */
function foreignLetter(bytes: Buffer): string | null {
  if (!isUtf8(bytes)) return null;
  return [...bytes.toString()].find((each) => each > '\x7f' && each.toLowerCase() !== each.toUpperCase()) ?? null;
}

function wide(bytes: Buffer, modifiers: readonly string[]): string | null {
  if (!modifiers.includes('wide')) return null;
  const isWideAlready = bytes.length >= 4 && bytes.every((byte, index) => index % 2 === 0 || byte === 0);
  if (isWideAlready && bytes.some((byte) => byte !== 0)) {
    return 'has a zero after each character and the modifier wide, which adds another zero after each byte: remove one of the two';
  }
  const isForeign = bytes.some((byte) => byte > 0x7f) && isUtf8(bytes);
  if (!isForeign || modifiers.some((each) => each.startsWith('base64') || each.startsWith('xor'))) return null;
  return 'has wide and characters beyond ASCII. The engine writes a zero after each byte of their UTF-8 form, and no UTF-16 text has that: write the UTF-16 form as a hex pattern';
}

function xor(bytes: Buffer, modifiers: readonly string[]): string | null {
  const range = /^xor\((\d+)-(\d+)\)$/.exec(modifiers.find((each) => each.startsWith('xor')) ?? '');
  if (range === null) return null;
  const [lowest, highest] = [Number(range[1]), Number(range[2])];
  if (highest === 0) return 'has xor with the key 0 only, which changes nothing: remove xor, or write the keys';
  const keys = highest - lowest + 1;
  if (keys < manyKeys) return null;
  const isWide = modifiers.includes('wide') && !modifiers.includes('ascii');
  if (!isWide && bytes.every((byte) => byte === bytes[0])) {
    return 'is one character repeated, so with xor it matches any other repeated byte, for example a run of zeros: write another text';
  }
  if (isWide || bytes.length > maxXorBytes) return null;
  return `has ${bytes.length} bytes and ${keys} keys of xor, so it matches in almost every larger file by chance: write a text of at least ${maxXorBytes + 1} bytes, or the keys that occur`;
}

function base64(bytes: Buffer, modifiers: readonly string[]): string | null {
  const isWide = modifiers.includes('wide') && !modifiers.includes('ascii');
  if (isWide || bytes.length > shortestBase64 || !modifiers.some((each) => each.startsWith('base64'))) return null;
  return 'has three bytes, of which base64 leaves three characters to search for, and any longer base64 text has those by chance: write a longer text';
}

function fullword(modifiers: readonly string[]): string | null {
  if (!modifiers.includes('fullword') || !modifiers.some((each) => each.startsWith('xor'))) return null;
  return 'has xor and fullword. The engine also decodes the characters around the text and then compares them, and YARA 4 does not: remove fullword';
}
