import { createHash } from 'node:crypto';
import type { ScannableRuleset } from '../../engine/types.ts';

/** Name of the rule that is made of a text or a sample. */
const name = 'hunt';

/**
 * Returns a ruleset that finds a pattern: `/regular expression/i`, `{ hex }`, or text, which is
 * found as ASCII and as UTF-16.
 */
export function rulesetOfPattern(pattern: string): ScannableRuleset {
  const isRegexp = /^\/.+\/[is]*$/s.test(pattern);
  const isHex = /^\{.*\}$/s.test(pattern);
  const written = isRegexp || isHex ? pattern : `"${escapeText(pattern)}" ascii wide`;
  return rulesetOf(`rule ${name} { strings: $a = ${written} condition: $a }`);
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

/** Every byte of the text that is not printable ASCII is escaped. */
function escapeText(text: string): string {
  return [...Buffer.from(text)]
    .map((value) => {
      const character = String.fromCharCode(value);
      if (character === '"' || character === '\\') return `\\${character}`;
      return value >= 0x20 && value < 0x7f ? character : `\\x${value.toString(16).padStart(2, '0')}`;
    })
    .join('');
}
