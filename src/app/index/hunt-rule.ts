import { createHash } from 'node:crypto';
import { RearviewError } from '../../domain/errors.ts';
import type { ScannableRuleset } from '../../engine/types.ts';

/** Name of the rule that is made of a text or a sample. */
const name = 'hunt';

/** What a pattern is: text, or a hex pattern or regular expression as rules have them. */
export type PatternKind = 'text' | 'hex' | 'regexp';

/** The kind that a pattern looks like: `/regular expression/i`, `{ hex }`, else text. */
export function patternKindOf(pattern: string): PatternKind {
  if (inSlashes.test(pattern)) return 'regexp';
  return inBraces.test(pattern) ? 'hex' : 'text';
}

const inSlashes = /^\/.+\/[is]*$/s;
const inBraces = /^\s*\{.*\}\s*$/s;

/**
 * Returns a ruleset that finds a pattern. Text is found as UTF-8 and as UTF-16. Hex may be without
 * its braces. It may not compile.
 * @throws RearviewError `ERR_USAGE` for a pattern that is empty or was not UTF-8, and for a regular
 * expression without its slashes
 */
export function rulesetOfPattern(pattern: string, kind: PatternKind): ScannableRuleset {
  if (pattern === '') throw new RearviewError('ERR_USAGE', 'There is nothing to search for: the text is empty.');
  if (pattern.includes(replacement)) {
    const text = 'What to search for is not UTF-8. Write other bytes as hex: "{ 63 61 66 E9 }".';
    throw new RearviewError('ERR_USAGE', text);
  }
  const strings = stringsOf(pattern, kind).map((each, index) => `$${index} = ${each}`);
  return rulesetOf(`rule ${name} { strings: ${strings.join(' ')} condition: any of them }`);
}

function stringsOf(pattern: string, kind: PatternKind): readonly string[] {
  switch (kind) {
    case 'text':
      return encodingsOf(pattern);
    case 'hex':
      return [inBraces.test(pattern) ? pattern : `{ ${pattern} }`];
    case 'regexp': {
      if (inSlashes.test(pattern)) return [pattern];
      const text = 'Write the regular expression between slashes, as in a rule: "/inv[a-z]+/", or "/inv[a-z]+/i".';
      throw new RearviewError('ERR_USAGE', text);
    }
  }
}

/** Stands for bytes of an argument that are not UTF-8. */
const replacement = '\ufffd';

/** `wide` puts a zero behind each byte, which is UTF-16 for ASCII only. */
function encodingsOf(text: string): readonly string[] {
  const bytes = Buffer.from(text);
  if (bytes.length === text.length) return [`"${escapeText(bytes)}" ascii wide`];
  const wide = Buffer.from(text, 'utf16le').toString('hex');
  return [`"${escapeText(bytes)}"`, `{ ${wide} }`];
}

/** Returns a ruleset that finds exactly this content. */
export function rulesetOfContent(bytes: Uint8Array): ScannableRuleset {
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return rulesetOf(`import "hash" rule ${name} { condition: hash.sha256(0, filesize) == "${sha256}" }`);
}

function rulesetOf(source: string): ScannableRuleset {
  const id = createHash('sha256').update(source).digest('hex');
  return { id, sources: [{ namespace: name, source }] };
}

/** Every byte that is not printable ASCII is escaped. */
function escapeText(bytes: Uint8Array): string {
  return [...bytes]
    .map((value) => {
      const character = String.fromCharCode(value);
      if (character === '"' || character === '\\') return `\\${character}`;
      return value >= 0x20 && value < 0x7f ? character : `\\x${value.toString(16).padStart(2, '0')}`;
    })
    .join('');
}
