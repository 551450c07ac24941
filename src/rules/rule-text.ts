import { isUtf8 } from 'node:buffer';
import type { Diagnostic } from '../domain/rulesets/diagnostic.ts';
import { tokenize } from './syntax/lexer.ts';
import { createLineIndex } from './syntax/line-index.ts';

/**
 * Maximum size of a rule file in bytes. The largest public collections in one file have about 20
 * MB.
 */
export const maxRuleFileBytes = 64 * 1024 ** 2;

/** Stands for bytes that are not UTF-8. */
export const replacement = '\ufffd';

/**
 * Returns the text of a rule file without its byte-order mark, which the engine refuses. The engine
 * receives text, so bytes that are not UTF-8 become U+FFFD. In a comment this is harmless (a
 * warning). Elsewhere, the rule would search for something else (an error). Code: `load/encoding`.
 */
export function decodeRuleText(
  bytes: Uint8Array,
  file: string,
): { readonly text: string; readonly problem: Diagnostic | null } {
  const text = new TextDecoder('utf-8').decode(bytes);
  if (isUtf8(bytes)) return { text, problem: null };
  const token = tokenize(text).find((each) => each.text.includes(replacement));
  const at = text.indexOf(replacement, token?.start ?? 0);
  return {
    text,
    problem: {
      severity: token === undefined ? 'warning' : 'error',
      code: 'load/encoding',
      message: compiledAs(text) ?? 'the file is not UTF-8: save it as UTF-8, and write other bytes as \\xNN',
      file,
      ...createLineIndex(text)(at),
    },
  };
}

/** What is wrong with a file of compiled rules, which cannot be read as rules; null for others. */
function compiledAs(text: string): string | null {
  if (text.startsWith('REARVIEW')) return 'the file is a ruleset, not a rule file: use it with --ruleset';
  return text.startsWith('YARA') ? 'the file has compiled rules of YARA: use their sources' : null;
}
