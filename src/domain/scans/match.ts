import type { Place } from '../inside/inside.ts';
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
/** Maximum number of members that are reported for one rule in one file: the first ones. */
export const reportedMembersPerRule = 10;
/** Maximum number of matched strings in members that are reported for one rule in one file. */
export const reportedStringsInMembers = 200;

/** One position where a pattern matched. */
export interface MatchedString {
  /** With its `$`. */
  readonly identifier: string;
  /** Present for a string in a member: where the member is. */
  readonly place?: Place;
  /** Bytes from the start of the file, or of the member. */
  readonly offset: number;
  /** Bytes. */
  readonly length: number;
  /**
   * The matched bytes, at most `maxStringDataBytes` of the file. Printable ASCII stays, a backslash
   * is doubled, and every other byte is written as `\xNN` (lower case).
   */
  readonly data: string;
}

/** A member of a file in which a rule matched. */
export interface MatchedMember {
  readonly place: Place;
  /** Of the member, lower-case hex. */
  readonly sha256: string;
  /** Bytes. */
  readonly size: number;
}

/** Where inside a file a rule matched. Without a match inside, nothing of it is present. */
export interface MatchedInside {
  /** The first `reportedMembersPerRule` members in which it matched, in the order they were found. */
  readonly members?: readonly MatchedMember[];
  /** The number of members in which it matched. Present only if `members` has fewer. */
  readonly membersTotal?: number;
  /** Present if the rule does not match the file itself. */
  readonly onlyInside?: true;
}

/** A rule that matched one file, or members of it. */
export interface RuleMatch extends MatchedInside {
  readonly namespace: string;
  readonly rule: string;
  readonly tags: readonly string[];
  readonly meta: readonly MetaEntry[];
  /**
   * Those of the file itself, then those of its members. Each ordered by pattern as in the rule, then
   * by offset. Private patterns are left out.
   */
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

/** The fields of `MatchedInside`, for alerts and reports. */
export function matchedInside({ members, membersTotal, onlyInside }: MatchedInside): MatchedInside {
  return {
    ...(members === undefined ? {} : { members }),
    ...(membersTotal === undefined ? {} : { membersTotal }),
    ...(onlyInside === undefined ? {} : { onlyInside }),
  };
}
