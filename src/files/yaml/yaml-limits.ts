import { Lexer } from 'yaml';
import type { YamlProblem } from './plain-yaml.ts';

/**
 * Maximum length of a YAML file in characters. Samples of more than a few kilobytes are separate
 * files.
 */
export const maxYamlLength = 4 * 1024 ** 2;

/**
 * Maximum number of tokens of a YAML file. The package takes up to 20 microseconds for each, on the
 * main thread. A rule test has about a hundred of them, an exception about forty.
 */
export const maxYamlTokens = 200_000;

/**
 * Precedes the text of a scalar in the lexer's output: the text itself may start with any
 * character.
 */
const scalarMark = '\u001f';
/**
 * Lexer output that is not in the text: the start of a document, the end of a broken list, and the
 * above.
 */
const marks: ReadonlySet<string> = new Set(['\u0002', '\u0018', scalarMark]);

/**
 * Returns the first limit that a YAML text exceeds, found before parsing; null for none. Anchors
 * and aliases are also refused: no file needs them, and the package searches all anchors of a
 * document for each alias.
 */
export function problemOfLimits(text: string): YamlProblem | null {
  if (text.length > maxYamlLength) {
    return { message: `The file is longer than ${maxYamlLength} characters: split it into several files`, offset: 0 };
  }
  let offset = 0;
  let tokens = 0;
  let isText = false;
  for (const token of new Lexer().lex(text)) {
    tokens += 1;
    if (tokens > maxYamlTokens) {
      return { message: `The file has more than ${maxYamlTokens} tokens: split it into several files`, offset };
    }
    if (!isText && /^[&*]/.test(token)) {
      const what = token.startsWith('&') ? 'An anchor' : 'An alias';
      return { message: `${what} is not supported: write the value out, or quote it if it is text`, offset };
    }
    if (isText || !marks.has(token)) offset += token.length;
    isText = !isText && token === scalarMark;
  }
  return null;
}
