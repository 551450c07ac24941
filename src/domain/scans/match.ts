import type { MetaEntry } from '../rulesets/rule.ts';

/**
 * Maximum length of a matched string's `data`, in bytes of the file. Longer data is cut; its
 * `length` is not.
 */
export const maxStringDataBytes = 1024;
/**
 * Maximum number of matches reported for one pattern in one file: the first ones. Conditions see
 * all of them.
 */
export const reportedMatchesPerPattern = 100;

/** One position where a pattern matched. */
export interface MatchedString {
  /** With its `$`. */
  readonly identifier: string;
  /** Bytes from the start of the file. */
  readonly offset: number;
  /** Bytes. */
  readonly length: number;
  /**
   * The matched bytes, at most `maxStringDataBytes` of the file. Printable ASCII stays, a backslash
   * is doubled, and every other byte is written as `\xNN` (lower case).
   */
  readonly data: string;
}

/** A rule that matched one file. */
export interface RuleMatch {
  readonly namespace: string;
  readonly rule: string;
  readonly tags: readonly string[];
  readonly meta: readonly MetaEntry[];
  /** Ordered by pattern as in the rule, then by offset. Private patterns are left out. */
  readonly strings: readonly MatchedString[];
  /** The number of matches. Present only if `strings` has fewer. */
  readonly stringsTotal?: number;
}

/** Renders bytes for `MatchedString.data`. */
export function renderData(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes.subarray(0, maxStringDataBytes)) {
    if (byte === 0x5c) text += '\\\\';
    else if (byte >= 0x20 && byte < 0x7f) text += String.fromCharCode(byte);
    else text += `\\x${byte.toString(16).padStart(2, '0')}`;
  }
  return text;
}

/** Returns the bytes that `renderData` rendered. */
export function bytesOfData(data: string): Uint8Array {
  const bytes = new Uint8Array(data.length);
  let length = 0;
  for (let at = 0; at < data.length; at += 1) {
    const isEscape = data[at] === '\\';
    if (isEscape && data[at + 1] === 'x') {
      bytes[length] = Number.parseInt(data.slice(at + 2, at + 4), 16);
      at += 3;
    } else {
      bytes[length] = data.charCodeAt(at);
      // A backslash is doubled.
      if (isEscape) at += 1;
    }
    length += 1;
  }
  return bytes.subarray(0, length);
}
