import { parseSource } from './parse.ts';

/**
 * A copy of a source in which the engine reports none of the given warnings: YARA-X honours `// suppress: <code>` directly above a rule or an
 * import. Only comments and line breaks are added, so rules, their offsets in files and their logic hashes are the same.
 * @param codes such as `slow_pattern`; those that do not occur do no harm
 * @returns the source as it is where it cannot be split into rules
 */
export function suppressWarnings(source: string, codes: readonly string[]): string {
  const { imports, rules, problems } = parseSource(source);
  if (problems.length > 0 || codes.length === 0) return source;
  const comments = [...new Set(codes)].sort().map((code) => `// suppress: ${code}\n`);
  const starts = [...imports, ...rules].map(({ start }) => start).sort((a, b) => a - b);
  let copy = '';
  let copied = 0;
  for (const start of starts) {
    // A rule may share its line with what stands before it, and the comment needs one of its own.
    copy += `${source.slice(copied, start)}\n${comments.join('')}`;
    copied = start;
  }
  return copy + source.slice(copied);
}
