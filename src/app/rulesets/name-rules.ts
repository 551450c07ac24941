import type { Diagnostic } from '../../domain/rulesets/diagnostic.ts';
import type { LoadedRuleFile } from '../../rules/load-rules.ts';
import { parseSource } from '../../rules/syntax/parse.ts';

/** Adds to each diagnostic the name of the rule in which it is, if it is in one. */
export function nameRules(
  files: readonly Pick<LoadedRuleFile, 'source' | 'locate'>[],
  diagnostics: readonly Diagnostic[],
): readonly Diagnostic[] {
  if (diagnostics.length === 0) return diagnostics;
  const wanted = new Set(diagnostics.map(placeOf));
  const names = new Map<string, string>();
  for (const { source, locate } of files) {
    for (const { name, line, start, end } of parseSource(source).rules) {
      const lines = source.slice(start, end).split('\n').length;
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

function placeOf({ file, line }: { readonly file: string; readonly line: number }): string {
  return `${line} ${file}`;
}
