import type { Diagnostic } from '../domain/diagnostic.ts';

/** A place in a file that a person wrote. */
export interface SourcePlace {
  /** Path below the rules folder, with `/`. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
}

/** Rule files are UTF-8. A byte that is not shows as U+FFFD, and is said, since the rule would look for something else. */
export function decodeRuleText(bytes: Uint8Array, file: string, problems: Diagnostic[]): string {
  const text = new TextDecoder('utf-8').decode(bytes);
  const at = text.indexOf('\ufffd');
  if (at >= 0 && !Buffer.from(text).equals(bytes)) {
    const line = text.slice(0, at).split('\n').length;
    const message = 'The file is not UTF-8: write bytes in strings as \\xNN, and save the file as UTF-8.';
    problems.push({ severity: 'warning', code: 'load/encoding', message, file, line, column: 0 });
  }
  return text;
}
