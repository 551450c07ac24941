import { isUtf8 } from 'node:buffer';
import type { Diagnostic } from '../domain/rulesets/diagnostic.ts';
import { tokenize } from './syntax/lexer.ts';
import { createLineIndex } from './syntax/line-index.ts';

/** Most bytes of a rule file. The largest public collections in one file have some 20 MB. */
export const maxRuleFileBytes = 64 * 1024 ** 2;

const replacement = '\ufffd';

/**
 * The text of a rule file, without a byte-order mark (which the engine refuses). The engine is given text, so bytes that are not UTF-8
 * become U+FFFD: harmless in a comment (a warning), but elsewhere the rule would look for something else (an error). Code: `load/encoding`.
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
      message: 'the file is not UTF-8: save it as UTF-8, and write other bytes as \\xNN',
      file,
      ...createLineIndex(text)(at),
    },
  };
}
