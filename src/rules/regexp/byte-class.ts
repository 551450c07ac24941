import { type ByteSet, byteSet, eitherCase, everyByte } from '../scope/byte-set.ts';

const range = (from: number, to: number): ByteSet => {
  let set = 0n;
  for (let value = from; value <= to; value += 1) set |= byteSet(value);
  return set;
};
const digits = range(0x30, 0x39);
const words = digits | range(0x41, 0x5a) | range(0x61, 0x7a) | byteSet(0x5f);
const spaces = byteSet(0x20) | range(0x09, 0x0d);
const named: Readonly<Record<string, ByteSet>> = {
  ...{ d: digits, w: words, s: spaces },
  ...{ D: everyByte & ~digits, W: everyByte & ~words, S: everyByte & ~spaces },
};
const control: Readonly<Record<string, number>> = { n: 0x0a, r: 0x0d, t: 0x09, f: 0x0c, v: 0x0b, a: 0x07 };

/**
 * Returns the bytes that an escape outside of sets accepts (`\n`, `\x41`, `\d`, `\.`); null for one
 * that is not modelled. Classes are those of ASCII, as in the engine.
 */
export function readEscape(written: string, foldsCase: boolean): ByteSet | null {
  const element = readElement(written, 0);
  if (element === null || element.end !== written.length) return null;
  return foldsCase ? folded(element.set) : element.set;
}

/** Returns the bytes of a set in square brackets; null if it has syntax that is not modelled. */
export function readByteClass(written: string, foldsCase: boolean): ByteSet | null {
  const inner = written.slice(1, -1);
  // Classes by name, and operations on sets.
  if (/\[|&&|--|~~|[^\0-\x7f]/.test(inner)) return null;
  const isNegated = inner.startsWith('^');
  let set = 0n;
  for (let at = isNegated ? 1 : 0; at < inner.length; ) {
    const low = readElement(inner, at);
    if (low === null) return null;
    at = low.end;
    const isRange = inner[at] === '-' && at + 1 < inner.length;
    if (!isRange) {
      set |= low.set;
      continue;
    }
    const high = readElement(inner, at + 1);
    if (high === null || low.value === null || high.value === null || high.value < low.value) return null;
    set |= range(low.value, high.value);
    at = high.end;
  }
  // The engine folds before it negates.
  if (foldsCase) set = folded(set);
  return isNegated ? everyByte & ~set : set;
}

/** A byte, or a class of them: then its value is null. */
interface Element {
  readonly set: ByteSet;
  readonly value: number | null;
  readonly end: number;
}

function readElement(text: string, at: number): Element | null {
  const one = (value: number, end: number): Element => ({ set: byteSet(value), value, end });
  const character = text[at] ?? '';
  if (character !== '\\') return character > '\x7f' ? null : one(character.charCodeAt(0), at + 1);
  const letter = text[at + 1] ?? '';
  if (letter === 'x') {
    const hex = /^[0-9A-Fa-f]{2}$/.exec(text.slice(at + 2, at + 4))?.[0];
    return hex === undefined ? null : one(Number.parseInt(hex, 16), at + 4);
  }
  const set = named[letter];
  if (set !== undefined) return { set, value: null, end: at + 2 };
  const value = control[letter];
  if (value !== undefined) return one(value, at + 2);
  // A letter or digit would have a meaning of its own.
  return /^[!-/:-@[-`{-~]$/.test(letter) && letter !== '<' && letter !== '>' ? one(letter.charCodeAt(0), at + 2) : null;
}

/** The same bytes, and each letter of ASCII in both cases. */
function folded(set: ByteSet): ByteSet {
  let all = set;
  for (let upper = 0x41; upper <= 0x5a; upper += 1) {
    const both = eitherCase(upper);
    if ((set & both) !== 0n) all |= both;
  }
  return all;
}
