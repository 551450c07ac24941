import type { Diagnostic } from '../../domain/rulesets/diagnostic.ts';
import type { LoadedRuleFile } from '../../rules/load-rules.ts';
import { type Memo, remembered } from '../../rules/memo.ts';
import { parseSource } from '../../rules/syntax/parse.ts';

/**
 * Adds to each diagnostic the name of the rule in which it is, if it is in one.
 * @param memo remembers the lines of the rules of each file
 */
export function nameRules(
  files: readonly Pick<LoadedRuleFile, 'source' | 'locate'>[],
  diagnostics: readonly Diagnostic[],
  memo: Memo,
): readonly Diagnostic[] {
  if (diagnostics.length === 0) return diagnostics;
  const wanted = new Set(diagnostics.map(placeOf));
  const names = new Map<string, string>();
  for (const { source, locate } of files) {
    for (const { name, line, lines } of remembered(memo, 'rule lines', [source], () => linesOf(source))) {
      for (let each = line; each < line + lines; each += 1) {
        const place = placeOf(locate(each));
        if (wanted.has(place) && !names.has(place)) names.set(place, name);
      }
    }
  }
  return diagnostics.map((each) => {
    const rule = names.get(placeOf(each));
    return rule === undefined ? each : { ...each, rule };
  });
}

function linesOf(source: string): readonly { readonly name: string; readonly line: number; readonly lines: number }[] {
  return parseSource(source).rules.map(({ name, line, start, end }) => ({
    ...{ name, line, lines: source.slice(start, end).split('\n').length },
  }));
}

function placeOf({ file, line }: { readonly file: string; readonly line: number }): string {
  return `${line} ${file}`;
}
