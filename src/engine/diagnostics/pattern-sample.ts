import { canonicalPattern } from '../../rules/canonical.ts';
import type { ParsedPattern } from '../../rules/syntax/syntax.ts';

/** The part of a pattern that affects the length of its matches. */
type Node =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'sequence'; readonly parts: readonly Node[] }
  | { readonly kind: 'choice'; readonly options: readonly Node[] }
  | { readonly kind: 'repeat'; readonly part: Node; readonly min: number; readonly max: number };

/**
 * Maximum repetitions of one part in a sample. More than the engine's limit; without a bound, a
 * sample of a jump could take all memory.
 */
const maxRepeats = 10_000;
/** Maximum size of a sample in bytes. Nested repetitions multiply. */
const maxSampleBytes = 1_000_000;
/** Maximum repetitions of one part in `short`. */
const fewRepeats = 20;

/** Texts that a pattern describes, one character per byte. */
export interface PatternSamples {
  /** Repeats each part as few times as the pattern allows. */
  readonly shortest: string;
  /**
   * Repeats each part as many times as the pattern allows; parts without an upper limit as few
   * times.
   */
  readonly longest: string;
  /** The pattern with its counts cut to 20, and a text that it describes. */
  readonly short: { readonly value: string; readonly text: string };
}

/**
 * More bytes than any text the pattern describes, except by repetitions without an upper limit.
 * Cheap, and often far too high.
 */
export function roughLength({ kind, value }: ParsedPattern): number {
  if (kind === 'text') return 0;
  const counts = [...value.matchAll(/\{([\d,]+)\}|\[([\s\da-fxo-]+)\]/gi)].map(([, count, jump]) =>
    Math.max(...(count ?? jump ?? '').split(/[,-]/).map((each) => Number(each.trim()) || 1)),
  );
  return kind === 'hex'
    ? counts.reduce((sum, each) => sum + each, value.length)
    : counts.reduce((product, each) => product * each, value.length);
}

/** @returns null for a text, which has a fixed length, and if the pattern is not understood */
export function samplesOf(pattern: ParsedPattern): PatternSamples | null {
  const { kind, value } = pattern;
  if (kind === 'text') return null;
  const node = kind === 'hex' ? parseHex(pattern) : parseRegexp(value);
  const shortValue = kind === 'hex' ? value : cutCounts(value);
  const shortNode = kind === 'hex' ? node : parseRegexp(shortValue);
  if (node === null || shortNode === null) return null;
  const [shortest, longest] = [textOf(node, 'min'), textOf(node, 'max')];
  const text = textOf(shortNode, 'min');
  return shortest === null || longest === null || text === null
    ? null
    : { shortest, longest, short: { value: shortValue, text } };
}

function textOf(node: Node, bound: 'min' | 'max'): string | null {
  if (lengthOf(node, bound) > maxSampleBytes) return null;
  return write(node, bound);
}

function write(node: Node, bound: 'min' | 'max'): string {
  if (node.kind === 'text') return node.text;
  if (node.kind === 'sequence') return node.parts.map((each) => write(each, bound)).join('');
  if (node.kind === 'repeat') return write(node.part, bound).repeat(node[bound]);
  const lengths = node.options.map((each) => lengthOf(each, bound));
  const chosen = node.options[lengths.indexOf(bound === 'min' ? Math.min(...lengths) : Math.max(...lengths))];
  return chosen === undefined ? '' : write(chosen, bound);
}

function lengthOf(node: Node, bound: 'min' | 'max'): number {
  if (node.kind === 'text') return node.text.length;
  if (node.kind === 'sequence') return node.parts.reduce((sum, each) => sum + lengthOf(each, bound), 0);
  if (node.kind === 'repeat') return lengthOf(node.part, bound) * node[bound];
  const lengths = node.options.map((each) => lengthOf(each, bound));
  return bound === 'min' ? Math.min(...lengths) : Math.max(...lengths);
}

function repeat(part: Node, min: number, max: number | null): Node {
  const least = Math.min(min, maxRepeats);
  return { kind: 'repeat', part, min: least, max: Math.max(least, Math.min(max ?? min, maxRepeats)) };
}

/**
 * Reads `( … | … )` and sequences; `readPart` reads everything else and returns null if it cannot.
 */
function readChoice(reader: Reader, readPart: (reader: Reader) => Node | null, depth = 0): Node | null {
  if (depth > 100) return null;
  const options: Node[] = [];
  let parts: Node[] = [];
  while (reader.at < reader.text.length && reader.text[reader.at] !== ')') {
    if (reader.text[reader.at] === '|') {
      reader.at += 1;
      options.push({ kind: 'sequence', parts });
      parts = [];
      continue;
    }
    let part: Node | null;
    if (reader.text[reader.at] === '(') {
      reader.at += reader.text.startsWith('(?:', reader.at) ? 3 : 1;
      if (reader.text[reader.at] === '?') return null;
      part = readChoice(reader, readPart, depth + 1);
      if (reader.text[reader.at] !== ')') return null;
      reader.at += 1;
    } else part = readPart(reader);
    if (part === null) return null;
    parts.push(reader.quantify(part));
  }
  options.push({ kind: 'sequence', parts });
  return { kind: 'choice', options };
}

interface Reader {
  readonly text: string;
  at: number;
  /** The part with the count after it. */
  quantify(part: Node): Node;
}

function readAll(reader: Reader, readPart: (reader: Reader) => Node | null): Node | null {
  const node = readChoice(reader, readPart);
  return reader.at === reader.text.length ? node : null;
}

const element = /\[\^?\]?(?:\\.|[^\]\\])*\]|\\x[0-9A-Fa-f]{2}|\\.|./suy;
const count = /([*+?])\??|\{(\d*)(?:(,)(\d*))?\}\??/y;

function parseRegexp(value: string): Node | null {
  const end = value.lastIndexOf('/');
  const reader: Reader = {
    text: value.slice(1, end).replaceAll('\\/', '/'),
    at: 0,
    quantify(part) {
      count.lastIndex = reader.at;
      const found = count.exec(reader.text);
      if (found === null) return part;
      reader.at = count.lastIndex;
      const [, sign, from = '', comma, to = ''] = found;
      if (sign !== undefined) return repeat(part, sign === '+' ? 1 : 0, sign === '?' ? 1 : null);
      const max = comma === undefined ? Number(from) : to === '' ? null : Number(to);
      return repeat(part, Number(from), max);
    },
  };
  const flags = value.slice(end + 1).includes('i') ? 'i' : '';
  return readAll(reader, () => {
    element.lastIndex = reader.at;
    const [text] = element.exec(reader.text) ?? [''];
    reader.at += text.length;
    if (/^(?:\\[bBAzZ]|[\^$])$/.test(text)) return { kind: 'text', text: '' };
    const character = memberOf(text, flags);
    return character === null ? null : { kind: 'text', text: character };
  });
}

/** Letters first, then every other possible byte. */
const characters = [...'xqZ7_ -', ...Array.from({ length: 256 }, (_, byte) => String.fromCharCode(byte))];

function memberOf(set: string, flags: string): string | null {
  const known = /^\\a$/.test(set) ? '\\x07' : set;
  try {
    const expression = new RegExp(`^(?:${known})$`, flags);
    return characters.find((each) => expression.test(each)) ?? null;
  } catch {
    return null;
  }
}

/** The same expression with each repetition count cut. */
function cutCounts(value: string): string {
  return value.replaceAll(/\\.|\{(\d*)(,?)(\d*)\}/gs, (whole: string, from = '', comma = '', to = '') => {
    if (whole.startsWith('\\') || (from === '' && to === '')) return whole;
    const cut = (digits: string) => (digits === '' ? '' : String(Math.min(Number(digits), fewRepeats)));
    return `{${cut(from)}${comma}${cut(to)}}`;
  });
}

const hexElement = /(~?)([0-9A-F?])([0-9A-F?])|\[(\d*)(-?)(\d*)\]/y;

function parseHex(pattern: ParsedPattern): Node | null {
  const canonical = canonicalPattern(pattern);
  const text = Array.isArray(canonical) ? String(canonical[2]).slice(1, -1) : '';
  const reader: Reader = { text, at: 0, quantify: (part) => part };
  return readAll(reader, () => {
    hexElement.lastIndex = reader.at;
    const found = hexElement.exec(text);
    if (found === null) return null;
    reader.at = hexElement.lastIndex;
    const [, not, high = '?', low = '?', from, dash, to] = found;
    if (from === undefined) return { kind: 'text', text: hexByte(not === '~', high, low) };
    const max = dash === '' ? Number(from) : to === '' ? null : Number(to);
    return repeat({ kind: 'text', text: 'x' }, Number(from), max);
  });
}

function hexByte(not: boolean, high: string, low: string): string {
  const written = (byte: number) => byte.toString(16).toUpperCase().padStart(2, '0');
  const fits = (byte: number) =>
    (high === '?' || written(byte)[0] === high) && (low === '?' || written(byte)[1] === low);
  return characters.find((each) => fits(each.charCodeAt(0)) !== not) ?? '';
}
