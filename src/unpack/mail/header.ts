import { latin1 } from '../bytes/read.ts';

/** The headers of a message or of a part of one (RFC 5322, RFC 2045). */
export interface MailHeader {
  /** By lower-case name: all values of a field, since readers disagree which of them counts. */
  readonly fields: ReadonlyMap<string, readonly string[]>;
  /** Where the body starts. */
  readonly end: number;
}

/** Longest header that is read. */
export const maxHeaderBytes = 256 * 1024;
const maxFieldBytes = 16 * 1024;
/** Values of one field that are kept. */
const maxRepeats = 8;

export function readMailHeader(bytes: Uint8Array, from: number, to: number): MailHeader {
  const fields = new Map<string, string[]>();
  const limit = Math.min(to, from + maxHeaderBytes);
  let name = '';
  let at = from;
  while (at < limit) {
    const newline = bytes.indexOf(10, at);
    const lineEnd = newline === -1 || newline >= limit ? limit : newline;
    const line = latin1(bytes, at, Math.min(lineEnd, at + maxFieldBytes)).replace(/\r$/, '');
    at = Math.min(lineEnd + 1, limit);
    if (line === '') break;
    const first = line.charCodeAt(0);
    if (first === 32 || first === 9) {
      const values = fields.get(name) ?? [];
      const last = values.pop();
      if (last !== undefined) values.push(last.length < maxFieldBytes ? `${last} ${line.trim()}` : last);
      continue;
    }
    const colon = line.indexOf(':');
    name = colon === -1 ? '' : line.slice(0, colon).trim().toLowerCase();
    if (name === '') continue;
    const values = fields.get(name) ?? [];
    fields.set(name, values);
    if (values.length < maxRepeats) values.push(line.slice(colon + 1).trim());
    else name = '';
  }
  return { fields, end: at };
}

/** A value with parameters: `multipart/mixed; boundary="x"`. */
export interface MailValue {
  readonly value: string;
  /** By lower-case name. Parts of a value (RFC 2231) are joined, its characters decoded. */
  readonly parameters: ReadonlyMap<string, string>;
}

/** Most boundaries that are tried. */
const maxBoundaries = 8;
const boundary = /\bboundary\s{0,8}=\s{0,8}(?:"([^"]{1,200})"?|([^\s;"]{1,200}))/gi;

/** The texts that readers may take for the boundary: they disagree on repeated fields, comments and quotes. */
export function boundariesOf(types: readonly string[]): readonly string[] {
  const found = new Set<string>();
  for (const type of types) {
    const stated = readMailValue(type).parameters.get('boundary');
    const matches = [...type.matchAll(boundary)].slice(0, maxBoundaries).map(([, quoted, plain]) => quoted ?? plain);
    for (const each of [stated, ...matches]) {
      const text = each?.trim() ?? '';
      found.add(text);
      found.add(text.replace(/\s{0,8}\([^()]{0,200}\)$/, ''));
      found.add(text.replace(/^'(.*)'$/s, '$1'));
    }
  }
  found.delete('');
  return [...found].slice(0, maxBoundaries);
}

const maxParameters = 64;

export function readMailValue(text: string | undefined): MailValue {
  const parameters = new Map<string, string>();
  const parts: string[] = [];
  let part = '';
  let isQuoted = false;
  for (const character of text ?? '') {
    if (character === '"') isQuoted = !isQuoted;
    if (character === ';' && !isQuoted) {
      parts.push(part);
      part = '';
    } else part += character;
  }
  parts.push(part);
  for (const each of parts.slice(1, maxParameters)) {
    const equals = each.indexOf('=');
    if (equals === -1) continue;
    const name = each.slice(0, equals).trim().toLowerCase();
    const value = unquoted(each.slice(equals + 1).trim());
    const [, base = name, isEncoded] = /^([^*]*)(?:\*\d{1,3})?(\*?)$/.exec(name) ?? [];
    const decoded = isEncoded === '*' ? decodeExtended(value) : value;
    parameters.set(base, `${name === base ? '' : (parameters.get(base) ?? '')}${decoded}`);
  }
  return { value: (parts[0] ?? '').trim().toLowerCase(), parameters };
}

function unquoted(value: string): string {
  if (!value.startsWith('"')) return value;
  return value.slice(1, value.endsWith('"') && value.length > 1 ? -1 : undefined).replaceAll('\\"', '"');
}

/** `utf-8'en'%E2%82%AC` of RFC 2231. Further parts have no character set. */
function decodeExtended(value: string): string {
  const [, charset = 'utf-8', text = value] = /^([^']{0,40})'[^']{0,40}'(.*)$/s.exec(value) ?? [];
  const bytes = text.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return decodeText(Buffer.from(bytes, 'latin1'), charset);
}

const encodedWord = /=\?([^?\s]{1,40})\?([bq])\?([^?]{0,2000})\?=(?:\s{1,8}(?==\?))?/gi;

/** Decodes words of RFC 2047 in a header: `=?utf-8?B?...?=`. */
export function decodeWords(text: string): string {
  const decoded = text.replace(encodedWord, (_, charset: string, encoding: string, word: string) => {
    if (encoding.toLowerCase() === 'b') return decodeText(Buffer.from(word, 'base64'), charset);
    const bytes = word
      .replaceAll('_', ' ')
      .replace(/=([0-9a-f]{2})/gi, (_match, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
    return decodeText(Buffer.from(bytes, 'latin1'), charset);
  });
  return [...decoded].some((character) => character.charCodeAt(0) > 0xff)
    ? decoded
    : decodeText(Buffer.from(decoded, 'latin1'), 'utf-8', decoded);
}

function decodeText(bytes: Uint8Array, charset: string, fallback?: string): string {
  try {
    return new TextDecoder(charset.split('*', 1)[0], { fatal: fallback !== undefined }).decode(bytes);
  } catch {
    return fallback ?? Buffer.from(bytes).toString('latin1');
  }
}
