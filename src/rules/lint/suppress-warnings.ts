import { commentsOf } from '../syntax/comments.ts';
import { tokenize } from '../syntax/lexer.ts';
import { parseSource } from '../syntax/parse.ts';
import { suppressedCodes } from './suppressed-codes.ts';

/** The engine's codes; those of this project it does not know. */
const engineCode = /^\w+$/;

/**
 * The source with all warnings of these codes suppressed: above every rule and import stand the comments `// suppress: <code>` that the
 * engine honours for the whole of either. It defines the same rules, on other lines. The engine renders every warning anew at each scan,
 * so what is compiled for scanning should have none.
 *
 * Codes that the source suppresses itself are added: the author's comment may hold for a whole line, which is broken before each rule and
 * import. Each import is written on one line, because the engine suppresses nothing that goes over several lines outside a rule.
 * @param codes of all warnings that the engine has for this source; where there are none it comes back unchanged, and so does a source
 *   that cannot be split into rules
 */
export function suppressWarnings(source: string, codes: readonly string[]): string {
  if (codes.length === 0) return source;
  const { imports, rules, problems } = parseSource(source);
  if (problems.length > 0) return source;
  const own = commentsOf(source).flatMap(({ text }) => suppressedCodes(text).filter((code) => engineCode.test(code)));
  const comments = [...new Set([...codes, ...own])].sort().map((code) => `// suppress: ${code}\n`);
  const statements = [
    ...imports.map(({ start, end }) => ({ start, end, text: onOneLine(source.slice(start, end)) })),
    ...rules.map(({ start, end }) => ({ start, end, text: source.slice(start, end) })),
  ].sort((a, b) => a.start - b.start);
  const pieces: string[] = [];
  let position = 0;
  for (const { start, end, text } of statements) {
    pieces.push(source.slice(position, start), '\n', ...comments, text);
    position = end;
  }
  return [...pieces, source.slice(position)].join('');
}

function onOneLine(statement: string): string {
  return tokenize(statement)
    .map(({ text }) => text)
    .join(' ');
}
