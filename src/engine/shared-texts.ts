import type { RuleSource } from '../domain/rulesets/rule.ts';
import { stringText } from '../rules/syntax/literals.ts';
import { parseSource } from '../rules/syntax/parse.ts';
import type { ParsedRule } from '../rules/syntax/syntax.ts';

/** The size of the file, in a form that the engine takes no limit of a pattern from. */
const plainSize = '(filesize+0)';

/**
 * Returns sources in which no rule loses the matches of a text to the file sizes of another.
 *
 * YARA-X 1.20 searches for equal texts of all rules once. It takes the sizes of the files to search
 * from the condition of the first rule that has the text, and the other rules then miss it in files
 * of other sizes: `filesize < 1MB and $a` in one rule hides `$a` of the next in larger files. So the
 * size of the file is written differently in every rule that has a text in common with another
 * pattern. The value of each condition stays, and so do the places of matches.
 */
export function separateSizes(sources: readonly RuleSource[]): readonly RuleSource[] {
  if (!sources.some(({ source }) => source.includes('filesize'))) return sources;
  const parsed = sources.map(({ source }) => parseSource(source).rules);
  const uses = new Map<string, number>();
  for (const text of parsed.flat().flatMap(textsOf)) uses.set(text, (uses.get(text) ?? 0) + 1);
  return sources.map((source, index) => {
    const sharing = (parsed[index] ?? []).filter((rule) => textsOf(rule).some((text) => (uses.get(text) ?? 0) > 1));
    const sizes = sharing.flatMap(({ condition }) => condition.filter(({ text }) => text === 'filesize'));
    return sizes.length === 0 ? source : { ...source, source: replaceSizes(source.source, sizes) };
  });
}

/** Modifiers do not count: which of them the engine compares is its own affair. */
function textsOf({ patterns }: ParsedRule): readonly string[] {
  return patterns.filter(({ kind }) => kind === 'text').map(({ value }) => stringText(value));
}

function replaceSizes(source: string, sizes: readonly { readonly start: number; readonly end: number }[]): string {
  const pieces: string[] = [];
  let done = 0;
  for (const { start, end } of sizes) {
    pieces.push(source.slice(done, start), plainSize);
    done = end;
  }
  return [...pieces, source.slice(done)].join('');
}
