import { commentsOf } from '../../syntax/comments.ts';
import { tokenize } from '../../syntax/lexer.ts';
import { parseSource } from '../../syntax/parse.ts';
import { suppressedCodes } from './suppressed-codes.ts';

/** Codes of the engine, which does not know the codes of Rearview. */
const engineCode = /^\w+$/;

/**
 * Returns the source with all warnings of these codes suppressed. Above every rule and import, it
 * inserts the comments `// suppress: <code>`, which the engine applies to the whole rule or import.
 * The rules stay the same, on other lines. The engine renders every warning again at each scan, so
 * sources compiled for scanning should have none.
 *
 * Codes that the source itself suppresses are added, because the author's comment may apply to a
 * whole line, which is broken before each rule and import. Each import is written on one line,
 * because outside a rule the engine suppresses nothing that spans several lines.
 * @param codes of all warnings that the engine has for this source. Without codes, the source is
 *   returned unchanged, as is a source that cannot be split into rules
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
