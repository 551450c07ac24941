import type { GlueFunction } from './package-glue.ts';

/** Maximum length of cached texts. Longer texts are warnings and the like. */
const longestCachedText = 200;
const mostCachedTexts = 4_096;

/** Decodes ASCII text of the engine's memory, remembering what it has decoded before. */
export function createTextCache(memory: () => Uint8Array, decode: GlueFunction): GlueFunction {
  const texts = new Map<number, string>();
  return (address: number, length: number) => {
    if (length > longestCachedText) return decode(address, length);
    const bytes = memory();
    const start = address >>> 0;
    let hash = length;
    for (let at = start; at < start + length; at += 1) hash = (Math.imul(hash, 31) + (bytes[at] ?? 0)) | 0;
    const known = texts.get(hash);
    if (known !== undefined && isText(known, bytes, start, length)) return known;
    const text = decode(address, length);
    if (typeof text === 'string' && texts.size < mostCachedTexts) texts.set(hash, text);
    return text;
  };
}

function isText(text: string, bytes: Uint8Array, start: number, length: number): boolean {
  if (text.length !== length) return false;
  for (let index = 0; index < length; index += 1) {
    const byte = bytes[start + index];
    if (text.charCodeAt(index) !== byte || byte > 0x7f) return false;
  }
  return true;
}
