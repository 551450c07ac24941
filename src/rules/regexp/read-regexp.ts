import { type ByteSet, byteSet, eitherCase, everyByte, sizeOf } from '../scope/byte-set.ts';
import { readByteClass, readEscape } from './byte-class.ts';

/** A part of a regular expression over bytes. */
export type RegexpNode =
  /** One byte of a set. */
  | {
      readonly kind: 'byte';
      readonly set: ByteSet;
      /** Number of byte values that it accepts. */
      readonly size: number;
      /** True for `.` and for sets of all values. */
      readonly isAny: boolean;
    }
  | { readonly kind: 'nothing' }
  | { readonly kind: 'sequence'; readonly parts: readonly RegexpNode[] }
  | { readonly kind: 'choice'; readonly options: readonly RegexpNode[] }
  | {
      readonly kind: 'repeat';
      readonly part: RegexpNode;
      readonly min: number;
      /** Null without an upper limit. */
      readonly max: number | null;
      /** As written, for example `.*`. */
      readonly text: string;
    };

/** Maximum nesting of groups. */
const maxDepth = 50;
const repetition = /(?:[*+?]|\{\d*(?:,\d*)?\})\??/y;
const classText = /\[\^?\]?(?:\\.|[^\]\\])*\]/sy;
const escaped = /\\(?:x[0-9A-Fa-f]{2}|.)/sy;
const newline = byteSet(0x0a);

/**
 * Reads a regular expression of a pattern. Null if it has syntax that is not modelled here: flags in
 * groups, classes by name, operations on sets, other characters than ASCII in a set, escapes with
 * braces.
 * @param value with its slashes and flags
 */
export function readRegexp(value: string, isNocase: boolean): RegexpNode | null {
  const end = value.lastIndexOf('/');
  const text = value.slice(1, end);
  const flags = value.slice(end + 1);
  const foldsCase = isNocase || flags.includes('i');
  let at = 0;

  const take = (expression: RegExp): string | null => {
    expression.lastIndex = at;
    const found = expression.exec(text)?.[0] ?? null;
    if (found !== null) at += found.length;
    return found;
  };

  const readChoice = (depth: number): RegexpNode | null => {
    if (depth > maxDepth) return null;
    const options: RegexpNode[] = [];
    let parts: RegexpNode[] = [];
    while (at < text.length && text[at] !== ')') {
      if (text[at] === '|') {
        at += 1;
        options.push({ kind: 'sequence', parts });
        parts = [];
        continue;
      }
      const start = at;
      const part = readPart(depth);
      if (part === null) return null;
      const times = take(repetition);
      if (times === null) parts.push(part);
      else parts.push({ kind: 'repeat', part, ...boundsOf(times), text: text.slice(start, at) });
    }
    options.push({ kind: 'sequence', parts });
    return options.length === 1 ? (options[0] ?? null) : { kind: 'choice', options };
  };

  const readPart = (depth: number): RegexpNode | null => {
    const first = text[at] ?? '';
    if (first === '(') {
      at += text.startsWith('(?:', at) ? 3 : 1;
      if (text[at] === '?') return null;
      const inner = readChoice(depth + 1);
      if (text[at] !== ')') return null;
      at += 1;
      return inner;
    }
    // Repeats a repetition, or opens the braces of an escape.
    if (/^[*+?{]$/.test(first)) return null;
    if (first === '[') {
      const written = take(classText);
      const set = written === null ? null : readByteClass(written, foldsCase);
      return set === null ? null : byteNode(set);
    }
    if (first === '\\') {
      const written = take(escaped);
      if (written === null) return null;
      if (/^\\[bBAz]$/.test(written)) return { kind: 'nothing' };
      const set = readEscape(written, foldsCase);
      return set === null ? null : byteNode(set);
    }
    const character = String.fromCodePoint(text.codePointAt(at) ?? 0);
    at += character.length;
    if (character === '^' || character === '$') return { kind: 'nothing' };
    if (character === '.') {
      const set = flags.includes('s') ? everyByte : everyByte & ~newline;
      return { kind: 'byte', set, size: sizeOf(set), isAny: true };
    }
    // Only letters of ASCII have another case.
    const bytes = [...Buffer.from(character)].map((value) => byteNode(foldsCase ? eitherCase(value) : byteSet(value)));
    return bytes.length === 1 ? (bytes[0] ?? null) : { kind: 'sequence', parts: bytes };
  };

  const node = readChoice(0);
  return at === text.length ? node : null;
}

/** One byte of a set. */
export function byteNode(set: ByteSet): RegexpNode {
  return { kind: 'byte', set, size: sizeOf(set), isAny: set === everyByte };
}

function boundsOf(times: string): { readonly min: number; readonly max: number | null } {
  if (times.startsWith('*')) return { min: 0, max: null };
  if (times.startsWith('+')) return { min: 1, max: null };
  if (times.startsWith('?')) return { min: 0, max: 1 };
  const [, from = '', comma, to = ''] = /^\{(\d*)(,?)(\d*)\}/.exec(times) ?? [];
  const min = Number(from);
  return { min, max: comma === '' ? min : to === '' ? null : Number(to) };
}
