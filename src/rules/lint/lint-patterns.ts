import { readRegexp } from '../regexp/read-regexp.ts';
import { stringBytes } from '../syntax/literals.ts';
import type { ParsedPattern, ParsedRule } from '../syntax/syntax.ts';
import { patternName } from '../syntax/written-text.ts';
import type { LintProblem } from './lint-meta.ts';
import { lintModifiers } from './lint-modifiers.ts';
import { fewestPairs, type UnboundedPart, unboundedParts } from './regexp-cost.ts';

/** The engine itself warns about one byte, and about bytes of these values only (`slow_pattern`). */
const slowForEngine: ReadonlySet<number> = new Set([0x00, 0x90, 0xff]);
/** More known bytes rarely match by chance. */
const maxShort = 2;
/** Longer runs of white space are rare enough. */
const maxBlanks = 8;
/**
 * Texts of two bytes to search an expression by. Above the first limit, as with `[a-z]{10}`, the
 * engine searched text at 10 MB/s where it otherwise reaches 1,000. Hex digits in both cases are
 * below it. Above the second limit, the engine itself warns.
 */
const pairs = { few: 500, engineWarns: 2_500 };

/** Checks the patterns of a rule: what slows a scan, and modifiers that do not do what they seem to. */
export function lintPatterns(rule: ParsedRule): LintProblem[] {
  return rule.patterns.flatMap((pattern, index) => {
    const name = patternName(pattern, index);
    const messages: readonly (readonly [string, string | null])[] = [
      ['short-string', shortString(rule, pattern)],
      ['common-string', commonString(pattern)],
      ...lintRegexp(pattern),
      ...lintModifiers(pattern),
    ];
    return messages.flatMap(([code, message]): LintProblem[] =>
      message === null ? [] : [{ code, message: `${name} of ${rule.name} ${message}`, at: pattern }],
    );
  });
}

function shortString(rule: ParsedRule, pattern: ParsedPattern): string | null {
  const known = knownBytes(pattern);
  if (known === null || known.bytes.length > maxShort || known.bytes.length === 0) return null;
  if (known.length === 1 || known.bytes.every((byte) => slowForEngine.has(byte))) return null;
  if (isBlank(known.bytes) || isOnlyPlaced(rule, pattern)) return null;
  const count = known.bytes.length === 1 ? 'only one byte' : 'only two bytes';
  return `has ${count} to search for, so it slows the scan and matches in almost every larger file: write more of the text, or test its place ("at 0", uint16(0))`;
}

/** Null for patterns that are not searched as written. */
function knownBytes({ kind, value, modifiers }: ParsedPattern): { bytes: readonly number[]; length: number } | null {
  if (modifiers.some((each) => /^(?:xor|base64)/.test(each))) return null;
  if (kind === 'text') {
    const bytes = stringBytes(value);
    // Wide text has a zero byte after each.
    if (bytes === null || (modifiers.includes('wide') && !modifiers.includes('ascii'))) return null;
    return { bytes: [...bytes], length: bytes.length };
  }
  if (kind === 'regexp') return null;
  const text = value.slice(1, -1).replaceAll(/\/\/[^\n]*|\/\*.*?\*\/|\s/gs, '');
  // Alternatives and jumps have at least as much around them; they are not counted here.
  if (!/^[0-9a-fA-F?]*$/.test(text) || text.length % 2 !== 0) return null;
  const parts = text.match(/../g) ?? [];
  // Half a byte is worth half a byte.
  if (parts.some((part) => /^(?:\?[0-9a-fA-F]|[0-9a-fA-F]\?)$/.test(part))) return null;
  return {
    bytes: parts.filter((part) => part !== '??').map((part) => Number.parseInt(part, 16)),
    length: parts.length,
  };
}

function isBlank(bytes: readonly number[]): boolean {
  return bytes.length > 0 && bytes.every((byte) => byte === bytes[0] && [0x09, 0x0a, 0x0d, 0x20].includes(byte));
}

function commonString(pattern: ParsedPattern): string | null {
  const known = knownBytes(pattern);
  if (known === null || known.length !== known.bytes.length || known.length < 2 || known.length > maxBlanks)
    return null;
  if (!isBlank(known.bytes)) return null;
  return 'is only white space, which a text file has at almost every place, so it slows the scan: write a text that goes with it';
}

/** Whether the condition uses a pattern only with `at`. */
function isOnlyPlaced({ condition }: ParsedRule, { identifier }: ParsedPattern): boolean {
  const marked = [identifier, ...['#', '@', '!'].map((mark) => mark + identifier.slice(1))];
  return condition.every(({ kind, text }, index) => {
    const isSet =
      (kind === 'identifier' && text === 'them') ||
      (kind === 'pattern' && condition[index + 1]?.text === '*' && identifier.startsWith(text));
    const isNamed = /^(?:pattern|count|offset|length)$/.test(kind) && marked.includes(text) && identifier !== '$';
    if (!isSet && !isNamed) return true;
    // `for any of them : ($ at 0)`.
    if (isSet && condition.some((each, at) => each.text === '$' && condition[at + 1]?.text === 'at')) return true;
    if (kind === 'pattern' && !isSet && condition[index + 1]?.text === 'at') return true;
    // `any of them at 0`, `any of ($a, $b*) at 0`.
    const close = text === 'them' ? index : condition.findIndex((each, at) => at > index && each.text === ')');
    return kind !== 'count' && kind !== 'offset' && kind !== 'length' && condition[close + 1]?.text === 'at';
  });
}

function lintRegexp({ kind, value, modifiers }: ParsedPattern): readonly (readonly [string, string | null])[] {
  const node = kind === 'regexp' ? readRegexp(value, modifiers.includes('nocase')) : null;
  if (node === null) return [];
  const count = fewestPairs(node);
  return [
    ['unbounded-regexp', unboundedRegexp(unboundedParts(node))],
    [
      'regexp-without-text',
      count > pairs.few && count <= pairs.engineWarns
        ? 'has no fixed text of two bytes or more, so the engine has to try it at a large part of all places: add a fixed text that comes before or after it'
        : null,
    ],
  ];
}

/**
 * The engine follows `.*` for 4,096 bytes. With the flag `s`, it may also search for the parts
 * separately, and then at any distance.
 */
function unboundedRegexp(parts: readonly UnboundedPart[]): string | null {
  if (parts.length === 0) return null;
  const written = [...new Set(parts.map(({ text }) => text))].join(', ');
  const why = parts.every(({ isWithinLine }) => isWithinLine)
    ? `any byte of a line without an upper limit (${written}), so parts of a long line that have nothing to do with each other match, up to 4,096 bytes apart`
    : `any byte without an upper limit (${written}), so parts that have nothing to do with each other match, thousands of bytes apart`;
  return `repeats ${why}: give a limit, for example .{0,100}`;
}
